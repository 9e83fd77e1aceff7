import Backends
import Fleet
import Foundation
import Measure
package import Reporting

/// How a request ended: one report for each backend, and their comparison.
package struct RunOutcome: Sendable {
    /// One backend's report.
    package struct Report: Sendable {
        package var document: ReportDocument
        /// The folder with its files.
        package var folder: String
        /// Why the run never came to its load, when it did not.
        package var error: HarnessError?

        package init(document: ReportDocument, folder: String, error: HarnessError?) {
            self.document = document
            self.folder = folder
            self.error = error
        }

        /// How this run alone would end the process.
        package var status: CommandStatus {
            self.error?.exitStatus ?? CommandStatus(rawValue: self.document.result.exitCode) ?? .internalError
        }
    }

    package var reports: [Report]
    /// The side-by-side comparison, when there were several backends.
    package var comparison: ComparisonFiles.Written?

    package init(reports: [Report], comparison: ComparisonFiles.Written?) {
        self.reports = reports
        self.comparison = comparison
    }

    /// The status to exit with.
    package var status: CommandStatus {
        CommandStatus.combined(self.reports.map(\.status))
    }

    /// What standard output says at the end: for each run the verdict, the four numbers, the report's path.
    package var text: String {
        var blocks = self.reports.map { report in
            RunSummary(document: report.document, folder: report.folder, error: report.error).text
        }
        if let comparison { blocks += [comparison.markdown, "comparison: \(comparison.folder)"] }
        return blocks.joined(separator: "\n\n")
    }

    /// What standard output gets with `--format json`: the result, or the comparison of several.
    ///
    /// - Throws: what encoding throws.
    package func json() throws -> String {
        if let comparison { return comparison.json }
        guard let report = self.reports.first else { return "{}" }
        return String(decoding: try report.document.json(), as: UTF8.self)
            .trimmingCharacters(in: .newlines)
    }
}

/// The end of a run in a few lines: the verdict, why, the four numbers, where the report is.
package struct RunSummary: Sendable {
    private let document: ReportDocument
    private let folder: String
    private let error: HarnessError?

    /// Summarises a run.
    ///
    /// - Parameters:
    ///   - document: the run.
    ///   - folder: where its report is.
    ///   - error: why it never came to its load, when it did not; said on standard error and not repeated here.
    package init(document: ReportDocument, folder: String, error: HarnessError? = nil) {
        self.document = document
        self.folder = folder
        self.error = error
    }

    /// The lines, without a final line break.
    package var text: String {
        let result = self.document.result
        let name = self.document.profile["name"]?.string ?? "run"
        let mark = result.simulated == true ? "SIMULATED " : ""
        var lines = ["\(mark)\(result.verdict.rawValue.uppercased())  \(name) against \(result.backend.id)"]
        for reason in result.validity.reasons where self.error == nil {
            lines.append("  \(result.validity.fit ? "" : "not fit: ")\(reason)")
        }
        for gate in result.gates where gate.verdict != .pass {
            lines.append("  gate \(gate.verdict.rawValue): \(gate.gate.text)" + self.measured(gate))
        }
        if let contract = result.contract {
            lines += contract.compactMap(\.line).map { "  " + $0 }
        } else {
            for violation in result.conformance ?? [] { lines.append("  breaks \(violation.id): \(violation.text)") }
        }
        if result.metrics["agents.connected"] != nil {
            lines.append("  " + Self.padded("negotiation completion") + self.completion)
            lines.append(
                "  " + Self.padded("time to connectable") + self.quantiles("negotiation.time", ["p50", "p99"]))
            let fanout = self.document.fanout
            lines.append(
                "  " + Self.padded(fanout.isOfSignaling ? "fan-out (signaling)" : "fan-out")
                    + self.quantiles(fanout.latency, ["p50", "p99"])
                    + (result.metrics["\(fanout.last).p99"] == nil
                        ? "" : " · last receiver p99 \(self.document.text("\(fanout.last).p99"))"))
            lines += self.instrument(fanout.latency)
            lines.append("  " + Self.padded("amplification") + self.amplification)
        }
        if let line = result.backend.addressLine, result.backend.addresses?.count != 1 {
            lines.append("  " + Self.padded("connections to") + line)
        }
        if let line = result.backend.unknownEventLine {
            lines.append("  " + Self.padded("events no setting names") + line)
        }
        for cause in result.causes ?? [] { lines.append("  cause: \(cause.line)") }
        lines.append("report: \(self.folder)")
        return lines.joined(separator: "\n")
    }

    private func measured(_ gate: GateResult) -> String {
        if let reason = gate.reason { return " (\(reason))" }
        return gate.value == nil ? "" : " (measured \(self.document.text(gate.gate.metric)))"
    }

    private var completion: String {
        let metrics = self.document.result.metrics
        guard let share = metrics["negotiation.completion"], let expected = metrics["negotiation.expected"] else {
            return self.document.text("negotiation.completion")
        }
        let connectable = ProgressFigures.grouped(Int(metrics["negotiation.connectable"] ?? 0))
        return "\(ProgressFigures.percent(share)) (\(connectable) of \(ProgressFigures.grouped(Int(expected))) pairs)"
    }

    private func quantiles(_ path: String, _ names: [String]) -> String {
        let present = names.filter { self.document.result.metrics["\(path).\($0)"] != nil }
        if present.isEmpty { return self.document.text("\(path).\(names.first ?? "p50")") }
        return present.map { "\($0) \(self.document.text("\(path).\($0)"))" }.joined(separator: " · ")
    }

    /// What the instrument itself takes, and what the packets say, where that is known.
    private func instrument(_ fanout: String) -> [String] {
        let metrics = self.document.result.metrics
        var lines: [String] = []
        if metrics["floor.\(fanout).p50"] != nil {
            lines.append("  " + Self.padded("floor of that") + self.quantiles("floor.\(fanout)", ["p50", "p99"]))
            lines += FloorReport.remarks([fanout], in: metrics).map { "  " + $0 }
        }
        if let deliveries = metrics["audit.deliveries"], let messages = metrics["audit.messages"] {
            let counts = [("messages", messages, "messages.sent"), ("deliveries", deliveries, "deliveries.total")].map {
                "\(ProgressFigures.grouped(Int($1))) \($0) (reported \(ProgressFigures.grouped(Int(metrics[$2] ?? 0))))"
            }
            lines.append("  " + Self.padded("on the wire") + counts.joined(separator: " · "))
            if metrics["audit.fanout.p50"] != nil {
                lines.append(
                    "  " + Self.padded("fan-out on the wire") + self.quantiles("audit.fanout", ["p50", "p90", "p99"]))
                lines.append(
                    "  " + Self.padded("reported above that") + self.quantiles("audit.error", ["p50", "p90", "p99"]))
            }
        } else if let dropped = metrics["audit.dropped"] {
            lines.append(
                "  " + Self.padded("on the wire")
                    + "\(ProgressFigures.grouped(Int(dropped))) packets were missed, so nothing was counted")
        }
        return lines
    }

    private var amplification: String {
        let measured = self.document.text("amplification.messages")
        guard self.document.result.metrics["amplification.predicted"] != nil else { return measured }
        return "\(measured) (predicted \(self.document.text("amplification.predicted")))"
    }

    private static func padded(_ text: String) -> String {
        text + String(repeating: " ", count: max(1, 24 - text.count))
    }
}

/// The measurements of one run against one backend, and where it listened.
struct FinishedRun: Sendable {
    var outcome: FleetOutcome
    var series: SeriesReport
    /// Fan-out by second of the steady phase.
    var fanout: IntervalClusters
    /// Fan-out of signaling by second of the run.
    var signaling = IntervalClusters()
    /// CPU and memory, one sample a second.
    var usage: [UsageSample]
    var capabilities: Capabilities
    /// Where the backend listened, and its process when we started it.
    var url: String
    var pid: Int32?
    /// PUBLISH packets that the broker says it sent to others than the one who asked; nil where it does not say.
    var brokerDeliveries: Int64?
    /// Clients that the broker says it had, agents included.
    var brokerClients: UInt64?
    /// What passed the proxy of the faults; nil in a run without.
    var passed: ProxyReport?
    /// Seconds that the plan's quotas withheld from the backend; nil in a plan without.
    var throttled: Double?
    /// T0's wall time.
    var startedAt: Date
    /// Of a part of a divided run, what it leaves for the merge beside the samples.
    var part: PartFacts?
    /// What the packets said, where they were captured.
    var audit: AuditReport?
    /// What the instrument takes by itself; nil where it was not measured.
    var floor: FloorReport?
}

/// Name and version of this program.
package enum ToolVersion {
    /// The version alone.
    package static let number = "0.1.0"
    /// As reports and `--version` give it.
    package static let text = "signalbench \(number)"
}
