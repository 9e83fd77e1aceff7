internal import Measure

/// A run in Markdown, short enough for a pull request comment or a CI step summary.
package struct SummaryMarkdown: Sendable {
    private let document: ReportDocument

    /// The summary of a run.
    ///
    /// - Parameter document: The run.
    package init(_ document: ReportDocument) {
        self.document = document
    }

    /// Writes the summary.
    ///
    /// - Returns: GitHub-flavoured Markdown with a final line break.
    package func render() -> String {
        let result = self.document.result
        let sign = Sign(result.verdict)
        let name = MarkdownText.escape(self.document.profile["name"]?.string ?? "run")
        var lines = [
            "### \(sign.sign) \(result.simulated == true ? "SIMULATED " : "")\(sign.word.uppercased()): \(name) on \(MarkdownText.escape(result.backend.id))",
            "",
        ]
        lines += [MarkdownText.escape(VerdictView.sentence(self.document)), ""]
        if !result.gates.isEmpty { lines += self.gates + [""] }
        let contract = ContractView(self.document).lines
        if !contract.isEmpty { lines += contract.map { "- \(MarkdownText.escape($0))" } + [""] }
        lines += self.numbers + [""]
        if !result.validity.fit || !result.validity.reasons.isEmpty {
            lines += ["**\(result.validity.fit ? "Instrument fit, with remarks" : "Instrument not fit")**", ""]
            lines += result.validity.reasons.prefix(10).map { "- \(MarkdownText.escape($0))" } + [""]
        }
        if let faults = result.faults {
            lines += FaultView.table(faults.prefix(10)) + [""]
        }
        if let outages = result.outages {
            lines += outages.prefix(10).map { outage in
                let view = OutageView(outage)
                return "- At \(view.start): \(view.agents); time to recover \(view.recovery); "
                    + "\(view.lost) deliveries lost, \(view.unsent) messages never sent"
                    + (view.reasons.isEmpty ? "" : "; \(MarkdownText.escape(view.reasons))")
            }
            lines.append("")
        }
        let failures = result.negotiations.failures.filter { $0.value > 0 }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        if !failures.isEmpty {
            let texts = failures.map { "\(MarkdownText.code($0.key)) \(NumberText.significant(Double($0.value)))" }
            lines += ["Pairs that did not become connectable: " + texts.joined(separator: ", ") + ".", ""]
        }
        if let causes = result.causes, !causes.isEmpty {
            lines += ["Causes:", ""] + causes.map { "- " + MarkdownText.escape($0.line) } + [""]
        }
        lines.append(self.footer)
        return lines.joined(separator: "\n") + "\n"
    }

    private var gates: [String] {
        ["| Gate | Verdict | Measured | Margin |", "|---|---|---:|---:|"]
            + self.document.result.gates.map { result in
                let view = GateView(result, of: self.document)
                let value = MarkdownText.escape(view.value)
                return "| \(MarkdownText.code(view.text)) | \(view.sign) \(view.word) | \(value) | \(view.margin) |"
            }
    }

    private var numbers: [String] {
        let document = self.document
        let pairs = document.quantity("negotiation.expected").map {
            "\(document.shortText("negotiation.connectable")) of \($0.text) pairs"
        }
        let deliveries = document.quantity("signaling.deliveries").map { "\($0.text) deliveries" }
        let fanout = document.fanout
        let what = fanout.isOfSignaling ? " of signaling" : ""
        let rows = [
            ("Negotiation completion", document.text("negotiation.completion"), pairs ?? "–"),
            (
                "Time to negotiated, p50 / p99", self.pair("negotiation.time.p50", "negotiation.time.p99"),
                self.samples("negotiation.time")
            ),
            (
                "Fan-out latency\(what), p50 / p99", self.pair("\(fanout.latency).p50", "\(fanout.latency).p99"),
                self.samples(fanout.latency)
            ),
            (
                "Fan-out, last receiver, p50 / p99", self.pair("\(fanout.last).p50", "\(fanout.last).p99"),
                self.samples(fanout.last)
            ),
            (
                "Amplification, measured / predicted",
                self.pair("amplification.messages", "amplification.predicted"),
                deliveries ?? "–"
            ),
        ]
        return ["| | Value | Over |", "|---|---:|---:|"]
            + rows.map { "| \($0.0) | \(MarkdownText.escape($0.1)) | \(MarkdownText.escape($0.2)) |" }
    }

    private func pair(_ first: String, _ second: String) -> String {
        if self.document.quantity(first) == nil { return self.document.text(first) }
        return self.document.text(first) + " / " + self.document.text(second)
    }

    private func samples(_ distribution: String) -> String {
        "\(NumberText.significant(Double(self.document.sampleCount(distribution) ?? 0))) samples"
    }

    private var footer: String {
        let plan = self.document.result.plan
        let partial = self.document.result.complete ? "" : " · **partial**"
        let tool = MarkdownText.escape(self.document.result.tool)
        return "<sub>\(tool) · plan \(MarkdownText.code(plan.digest)) · seed \(plan.seed)\(partial)</sub>"
    }
}

/// Escaping of text for GitHub-flavoured Markdown, table cells included.
package enum MarkdownText {
    /// Escapes a text so that it is shown as written: no markup, no table column, no mention, no line break.
    ///
    /// - Parameter text: Any string, also a hostile one.
    /// - Returns: The escaped text on one line.
    package static func escape(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out.append(contentsOf: "&amp;".unicodeScalars)
            case "<": out.append(contentsOf: "&lt;".unicodeScalars)
            case ">" where out.isEmpty: out.append(contentsOf: "&gt;".unicodeScalars)
            case "@": out.append(contentsOf: "&#64;".unicodeScalars)
            case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "!":
                out.append("\\")
                out.append(scalar)
            default:
                let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
                out.append(isControl ? " " : scalar)
            }
        }
        return String(out)
    }

    /// Puts a text into a code span that no backtick of its own can end.
    ///
    /// - Parameter text: Any string; line breaks and table bars are replaced.
    /// - Returns: The code span.
    package static func code(_ text: String) -> String {
        let flat = String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : ($0 == "`" ? "'" : $0) })
        )
        return "`" + flat.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") + "`"
    }
}
