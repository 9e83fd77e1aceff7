internal import Measure

/// A comparison in Markdown.
package struct ComparisonMarkdown: Sendable {
    private let comparison: Comparison

    /// The text of a comparison.
    ///
    /// - Parameter comparison: The runs side by side.
    package init(_ comparison: Comparison) {
        self.comparison = comparison
    }

    /// Writes the text.
    ///
    /// - Returns: GitHub-flavoured Markdown with a final line break.
    package func render() -> String {
        let backends = self.comparison.backends
        let names = backends.map { MarkdownText.escape($0.name) }
        let name = MarkdownText.escape(self.comparison.documents.first?.profile["name"]?.string ?? "run")
        var lines = ["### \(name): \(names.joined(separator: ", "))", ""]
        lines.append("| | " + names.joined(separator: " | ") + " |")
        lines.append("|---|" + String(repeating: "---:|", count: names.count))
        let verdicts = backends.map { "\(Sign($0.verdict).sign) \(Sign($0.verdict).word)" }
        lines.append("| Verdict | " + verdicts.joined(separator: " | ") + " |")
        for row in self.comparison.rows {
            let cells = backends.indices.map { index -> String in
                let cell = ComparisonCell(row, index, of: self.comparison.documents[index])
                let ratio = cell.ratio.map { " (\($0))" } ?? ""
                let text = MarkdownText.escape(cell.value + ratio)
                return cell.isBest ? "**\(text)**" : text
            }
            lines.append("| \(row.group): \(row.title) | " + cells.joined(separator: " | ") + " |")
        }
        lines += ["", "Ratios are to the first backend; the best value of a row is bold."]
        for backend in backends where backend.verdict == .invalid || backend.verdict == .interrupted {
            let why = backend.reasons.isEmpty ? "" : ": " + backend.reasons.joined(separator: "; ")
            lines.append(
                "\(MarkdownText.escape(backend.name)) is \(backend.verdict.rawValue)\(MarkdownText.escape(why)).")
        }
        let plan = self.comparison.plan
        let tool = MarkdownText.escape(self.comparison.tool)
        lines += ["", "<sub>\(tool) · plan \(MarkdownText.code(plan.digest)) · seed \(plan.seed)</sub>"]
        return lines.joined(separator: "\n") + "\n"
    }
}
