import Foundation
package import Measure
import Reporting

/// How a conformance run ended.
package struct ConformOutcome: Sendable {
    package var result: ConformanceResult
    /// The folder with its files.
    package var folder: String
    /// Why a backend was never reached, by its name.
    package var errors: [(backend: String, error: HarnessError)] = []

    /// The status to exit with.
    package var status: CommandStatus {
        CommandStatus.combined(
            self.errors.map(\.error.exitStatus) + [CommandStatus(rawValue: self.result.exitCode) ?? .internalError])
    }

    /// What standard output says at the end: verdicts and failures of each backend, and the folder.
    package var text: String {
        var lines: [String] = []
        for backend in self.result.backends {
            let counts = CaseVerdict.allCases.compactMap { verdict in
                backend.counts[verdict.rawValue].map { "\($0) \(verdict.rawValue)" }
            }
            let word =
                !backend.setupFailure.isEmpty
                ? "NOT JUDGED" : backend.exitCode == 0 ? "CONFORMS" : backend.exitCode == 1 ? "FAILS" : "NOT PROVEN"
            lines.append("\(backend.backend): \(word)  \(counts.joined(separator: ", "))")
            if !backend.setupFailure.isEmpty { lines.append("  smoke: \(backend.setupFailure)") }
            for one in backend.cases
            where [.fail, .nonStrict, .blocked, .inconclusive, .setupFail, .harnessError].contains(one.verdict) {
                let mark = one.isExcused ? " (expected)" : ""
                let wanted = one.expected.isEmpty ? "" : "expected \(one.expected); "
                lines.append(
                    "  \(one.id) \(one.verdict.rawValue)\(mark): \(wanted)\(wanted.isEmpty || one.verdict == .blocked ? "" : "found ")\(one.actual)"
                )
            }
            for id in backend.unexpectedPasses {
                lines.append("  \(id) passed, and the baseline lists it as failing: take it off")
            }
        }
        lines.append("report: \(self.folder)")
        return lines.joined(separator: "\n")
    }

    /// What standard output gets with `--format json`.
    ///
    /// - Throws: what encoding throws.
    package func json() throws -> String {
        String(decoding: try ReportCoding.encoder(isPretty: true).encode(self.result), as: UTF8.self)
    }
}
