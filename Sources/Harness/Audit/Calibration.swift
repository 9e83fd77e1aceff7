import Foundation
import Measure
import Reporting
package import Workload

/// `signalbench calibrate`: the floor of one profile by itself.
package struct Calibration: Sendable {
    /// What came of it.
    package struct Outcome: Sendable {
        let metrics: [String: Double]

        /// A line for each distribution.
        package var text: String {
            let paths = FloorReport.probes.map(\.path).filter { self.metrics["floor.\($0).p50"] != nil }
            let lines = paths.map { path in
                path + String(repeating: " ", count: max(1, 28 - path.count))
                    + ["p50", "p99"].map { "\($0) \(self.text(path, $0))" }.joined(separator: "   ")
            }
            return (["what this machine takes without a backend"] + lines).joined(separator: "\n")
        }

        private func text(_ path: String, _ name: String) -> String {
            self.metrics["floor.\(path).\(name)"].map { NumberText.significant($0) + " ms" } ?? "too few samples"
        }

        /// The metrics alone.
        package func json() throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            return String(decoding: try encoder.encode(self.metrics), as: UTF8.self)
        }
    }

    private let profile: String?
    private let overrides: [ProfileReader.Override]
    private let own: String

    /// - Parameters:
    ///   - profile: a path or the name of a shipped profile; nil is `quickstart`.
    ///   - overrides: flags that stand for keys.
    ///   - own: the path of this program.
    package init(profile: String?, overrides: [ProfileReader.Override], own: String) {
        (self.profile, self.overrides, self.own) = (profile, overrides, own)
    }

    /// Measures it.
    package func measure() async throws -> Outcome {
        DescriptorLimit.raise()
        let profile = try RunSetup.profile(self.profile, own: self.own, overrides: self.overrides)
        return Outcome(metrics: try await FloorRun(of: profile).measure(Interruption()).metrics)
    }
}
