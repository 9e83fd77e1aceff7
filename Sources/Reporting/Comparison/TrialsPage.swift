internal import Mustache

/// A page of findings over many runs: groups of repeated trials, or a history of nights.
package struct TrialsPage: Sendable {
    /// One row of a table: a metric, figures, and what was found.
    package struct Row: Sendable {
        let metric: String
        let cells: [String]
        let verdict: String
        let style: String

        package init(metric: String, cells: [String], verdict: String, style: String) {
            self.metric = metric
            self.cells = cells
            self.verdict = verdict
            self.style = style
        }
    }

    /// A drawing with its name and a sentence.
    package struct Figure: Sendable {
        let title: String
        let sentence: String
        let chart: String

        package init(title: String, sentence: String, chart: String) {
            self.title = title
            self.sentence = sentence
            self.chart = chart
        }
    }

    /// A section with a sentence, a table, a second one that is folded, and drawings.
    package struct Group: Sendable {
        let title: String
        let sentence: String
        let style: String
        let heads: [String]
        let rows: [Row]
        let folded: [Row]
        let figures: [Figure]

        /// - Parameters:
        ///   - title: its heading.
        ///   - sentence: what was found, in words.
        ///   - style: `pass`, `fail` or `invalid`.
        ///   - heads: over the cells of the rows.
        ///   - rows: may be empty.
        ///   - folded: rows that decide nothing.
        ///   - figures: markup of this module's charts.
        package init(
            title: String, sentence: String, style: String, heads: [String] = Self.comparison, rows: [Row],
            folded: [Row] = [], figures: [Figure] = []
        ) {
            self.title = title
            self.sentence = sentence
            self.style = style
            self.heads = heads
            self.rows = rows
            self.folded = folded
            self.figures = figures
        }

        /// The heads of a comparison's rows.
        package static let comparison = [
            "Metric", "Base", "Candidate", "Change", "95 %", "p (Holm)", "Detectable", "Verdict",
        ]
    }

    /// A group as the template reads it.
    private struct Section {
        let id: String
        let title: String
        let sentence: String
        let style: String
        let tables: [Table]
        let figures: [Figure]
        let hasFigures: Bool

        init(_ group: Group, _ number: Int) {
            self.id = "group-\(number)"
            self.title = group.title
            self.sentence = group.sentence
            self.style = group.style
            self.tables = [
                Table(group.rows, group.heads, summary: nil),
                Table(group.folded, group.heads, summary: "Not judged, each for itself: \(group.folded.count)"),
            ].filter { !$0.rows.isEmpty }
            self.figures = group.figures
            self.hasFigures = !group.figures.isEmpty
        }
    }

    private struct Table {
        let summary: String?
        let first: String?
        let heads: [String]
        let last: String?
        let rows: [Line]

        init(_ rows: [Row], _ heads: [String], summary: String?) {
            self.summary = summary
            self.first = heads.first
            self.heads = Array(heads.dropFirst().dropLast())
            self.last = heads.last
            self.rows = rows.map { row in
                Line(
                    metric: row.metric, cells: zip(heads.dropFirst(), row.cells).map { Cell(label: $0, value: $1) },
                    verdict: row.verdict, style: row.style)
            }
        }
    }

    private struct Line {
        let metric: String
        let cells: [Cell]
        let verdict: String
        let style: String
    }

    /// A figure and, for narrow screens, what it is.
    private struct Cell {
        let label: String
        let value: String
    }

    let title: String
    let subtitle: String
    private let groups: [Section]
    let reading: String
    let tool = "signalbench"
    let css = Templates.css
    let script = Templates.script

    /// Renders a page of one HTML file.
    ///
    /// - Parameters:
    ///   - title: the heading.
    ///   - subtitle: below it.
    ///   - groups: the sections.
    ///   - reading: how the figures are to be read.
    /// - Returns: the page's text.
    /// - Throws: what the built-in template throws.
    package static func render(
        title: String, subtitle: String, groups: [Group], reading: String = Self.comparisonReading
    ) throws -> String {
        try Templates.trials().render(
            TrialsPage(title: title, subtitle: subtitle, groups: groups, reading: reading))
    }

    private init(title: String, subtitle: String, groups: [Group], reading: String) {
        self.title = title
        self.subtitle = subtitle
        self.groups = groups.enumerated().map { Section($1, $0) }
        self.reading = reading
    }

    /// How a comparison is to be read.
    package static let comparisonReading =
        "The change is the median of all pairwise ratios of a candidate's trial to one of the base (Hodges and Lehmann), with its exact "
        + "95 % interval. The test is Mann and Whitney's, exact, ties included; p is adjusted after Holm over the judged metrics, "
        + "whose verdicts stand in colour: regressed or improved at 5 % over all of them together, equivalent when the 90 % interval "
        + "lies within the tolerance, otherwise inconclusive. Detectable is the change that so many trials of such spread show four "
        + "times of five. Inconclusive is not the same as equal."
}
