package import Foundation
internal import Measure
internal import Mustache

/// The page of several runs of one plan, ready for its template.
package struct ComparisonPage: Sendable {
    /// One backend's card.
    struct Card: Sendable {
        let name: String
        let style: String
        let sign: String
        let word: String
        let facts: [FactView]
        let reasons: [String]
        let hasReasons: Bool
        let page: String
        let hasPage: Bool
    }

    /// One metric over all backends.
    struct Line: Sendable {
        let title: String
        let metric: String
        let cells: [ComparisonCell]
    }

    /// Rows under one heading.
    struct Group: Sendable {
        let id: String
        let title: String
        let heads: [String]
        let rows: [Line]
    }

    let title: String
    let names: String
    let description: String?
    let subtitle: String
    let tool: String
    let css = Templates.css
    let script = Templates.script
    let count: String
    let backends: [Card]
    let bars: String?
    let groups: [Group]
    let reading: String
    let raw: String

    private init(_ comparison: Comparison) throws {
        let documents = comparison.documents
        let heads = comparison.backends.map(\.name)
        let profile = documents.first?.profile
        self.title = profile?["name"]?.string ?? "run"
        self.names = heads.joined(separator: ", ")
        self.description = profile?["description"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        self.subtitle = "plan \(comparison.plan.digest) · seed \(comparison.plan.seed)"
        self.tool = comparison.tool
        self.count = String(documents.count)
        self.backends = zip(comparison.backends, documents).map { Self.card($0, $1) }
        let rows = zip(heads, documents).compactMap { name, document in
            AmplificationView.row(document, "signaling", total: "signaling.deliveries", label: name)
        }
        self.bars = rows.isEmpty ? nil : StackedBar(unit: .count, rows: rows).render().text
        var groups: [Group] = []
        for row in comparison.rows {
            let cells = documents.enumerated().map { ComparisonCell(row, $0, of: $1) }
            let line = Line(title: row.title, metric: row.metric, cells: cells)
            if let last = groups.last, last.title == row.group {
                groups[groups.count - 1] = Group(id: last.id, title: last.title, heads: heads, rows: last.rows + [line])
            } else {
                groups.append(
                    Group(id: "group-\(row.group.lowercased())", title: row.group, heads: heads, rows: [line]))
            }
        }
        self.groups = groups
        self.reading =
            "All runs played the same plan with the same seed, one after another. Ratios are to the first backend; ★ marks "
            + "the best value of a row where one direction is better, and never one of an invalid or interrupted run. Backends whose echo differs are best "
            + "compared by the amplification without own echoes. One run of each is no proof of a small difference: repeat "
            + "the runs before believing one."
        let json = try ReportCoding.encoder().encode(comparison)
        self.raw = ReportCoding.scriptText(String(decoding: json, as: UTF8.self))
    }

    /// Renders the page of a comparison as one HTML file.
    ///
    /// - Parameter comparison: The runs side by side.
    /// - Returns: The page's text.
    /// - Throws: What encoding or parsing the built-in template throws.
    package static func render(_ comparison: Comparison) throws -> String {
        try Templates.comparison().render(try ComparisonPage(comparison))
    }

    private static func card(_ backend: Comparison.Backend, _ document: ReportDocument) -> Card {
        let sign = Sign(backend.verdict)
        let facts = [
            FactView("completion", document.shortText("negotiation.completion")),
            FactView("time to negotiated, p50", document.shortText("negotiation.time.p50")),
            FactView("fan-out, p99", document.shortText("fanout.latency.p99")),
            FactView("amplification", document.shortText("amplification.messages")),
        ]
        return Card(
            name: backend.name,
            style: sign.style,
            sign: sign.sign,
            word: sign.word.uppercased(),
            facts: facts,
            reasons: backend.reasons,
            hasReasons: !backend.reasons.isEmpty,
            page: backend.report ?? "",
            hasPage: backend.report.map(Self.isInside) ?? false
        )
    }

    /// Only a relative path may become a link.
    private static func isInside(_ path: String) -> Bool {
        !path.hasPrefix("/") && !path.contains(":") && !path.contains("\\")
    }
}

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

/// Writes the comparison of several runs of one plan.
package enum ComparisonWriter {
    /// Writes `comparison.json`, `comparison.md` and `comparison.html` into a folder, which is made when it is missing.
    ///
    /// - Parameters:
    ///   - comparison: The runs side by side.
    ///   - folder: Where the files go.
    ///   - options: Which files are wanted.
    /// - Returns: The files in the order in which they were written.
    /// - Throws: ``ReportError`` that names the file and the cause, or what encoding throws.
    package static func write(
        _ comparison: Comparison,
        to folder: URL,
        options: ReportOptions = ReportOptions()
    ) throws -> [URL] {
        try ReportWriter.makeFolder(folder)
        var files: [(String, String)] = [
            ("comparison.json", String(decoding: try comparison.json(), as: UTF8.self)),
            ("comparison.md", ComparisonMarkdown(comparison).render()),
        ]
        if options.html { files.append(("comparison.html", try ComparisonPage.render(comparison))) }
        return try files.map { name, text in
            let url = folder.appendingPathComponent(name)
            try AtomicFile.write(text.utf8, to: url)
            return url
        }
    }
}
