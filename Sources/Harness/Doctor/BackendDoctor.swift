package import Backends
import Measure
import NIOCore
import NIOPosix
package import Workload

/// How far one connection to a backend got.
package struct BackendDoctorReport: Codable, Equatable, Sendable {
    /// Id and URL, without secrets.
    package var backend: String
    package var steps: [DiagnosisStep]
    /// What else there is to know, such as a proxy that is set and not used.
    package var notes: [String] = []

    /// Whether a message went there and back.
    package var isReached: Bool { self.steps.allSatisfy { $0.outcome == .ok } }
}

/// Examines a backend for `doctor --backend`.
package enum BackendDoctor {
    /// Goes to a backend step by step.
    ///
    /// - Parameters:
    ///   - text: the backend, as `--backend` has it; it needs a URL.
    ///   - overrides: every `--set` and `--set-file`.
    ///   - print: gets a line for each step as it ends.
    /// - Returns: all steps.
    /// - Throws: `HarnessError` for a mistake in the flags.
    package static func run(
        _ text: String, overrides: [ProfileReader.Override], print: @escaping @Sendable (String) -> Void
    ) async throws -> BackendDoctorReport {
        let profile = try BackendOverrides.defaults(overrides, for: [text], name: "doctor")[0]
        guard let url = profile.backend.url else {
            throw HarnessError(
                .badURL, "--backend \(text) names no server",
                cure: "give its address: --backend \(profile.backend.id):URL")
        }
        let known = try BackendSettings(profile: profile.backend, url: url)
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let name = "\(known.id) at \(known.url)"
        print(name)
        let notes = known.notes
        for note in notes { print("  note: \(note)") }
        let diagnosis = BackendDiagnosis(known, on: loops.next()) { print(Self.line($0)) }
        let result: Result<[DiagnosisStep], any Error>
        do {
            result = .success(try await diagnosis.run(room: "doctor-\(UInt32.random(in: 0 ... .max))"))
        } catch let error as BackendError {
            result = .failure(BackendChoice.flagError(error))
        }
        try? await loops.shutdownGracefully()
        return BackendDoctorReport(backend: name, steps: try result.get(), notes: notes)
    }

    private static func line(_ step: DiagnosisStep) -> String {
        let mark =
            switch step.outcome {
            case .ok: "ok"
            case .failed: "FAILED"
            case .skipped: "-"
            }
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        let time = step.milliseconds.map { "\(Double(Int($0 * 10)) / 10) ms" } ?? ""
        let line = "  \(padded(step.name, 9))\(padded(mark, 7))\(padded(time, 11))\(Cause.harmless(step.text))"
        return step.cure.map { "\(line)\n  \(padded("", 9))cure: \($0)" } ?? line
    }
}
