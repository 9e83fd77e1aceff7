internal import Foundation
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
