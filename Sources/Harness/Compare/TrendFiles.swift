import Foundation
import Measure
import Reporting

/// What a history is written as: a page, a table that Apache Otava reads, a badge and a line of Markdown.
package struct TrendFiles: Sendable {
    private let trends: [Trend]
    /// How many of the newest nights a regression may begin in and still be news.
    private let recent: Int

    /// - Parameters:
    ///   - trends: the histories.
    ///   - recent: how many of the newest nights count as news.
    package init(_ trends: [Trend], recent: Int) {
        self.trends = trends
        self.recent = recent
    }

    /// Turns for the worse that are news, over all histories.
    package var regressions: [Trend.Change] { self.trends.flatMap { $0.regressions(within: self.recent) } }

    /// Writes all files.
    ///
    /// - Parameter folder: where they go; it is made when it is missing.
    /// - Returns: their paths.
    /// - Throws: `HarnessError` (unwritable output), or what the built-in template throws.
    package func write(to folder: String) throws -> [String] {
        var files = [
            ("trend.html", try self.page), ("trend.svg", self.badge), ("trend.md", self.markdown + "\n"),
        ]
        for (number, trend) in self.trends.enumerated() {
            files.append((number == 0 ? "trend.csv" : "trend-\(number + 1).csv", Self.table(trend)))
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (name, text) in files {
                try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"), options: .atomic)
            }
        } catch {
            throw HarnessError(
                .unwritableOutput, "cannot write to '\(folder)': \(error.localizedDescription)",
                cure: "choose another --out", cause: error)
        }
        return files.map { "\(folder)/\($0.0)" }
    }

    /// One row a night, oldest first: `time,run,METRIC…`, a cell left empty where nothing was measured.
    static func table(_ trend: Trend) -> String {
        let rows = trend.nights.map { night in
            ([night.time, night.name.replacing(",", with: ";")]
                + trend.metrics.map { night.metrics[$0].map { "\($0)" } ?? "" }).joined(separator: ",")
        }
        return ((["time", "run"] + trend.metrics).joined(separator: ",") + "\n") + rows.map { $0 + "\n" }.joined()
    }

    /// One line for a summary or a chat.
    package var markdown: String {
        let nights = self.trends.reduce(0) { $0 + $1.nights.count }
        let news = self.regressions
        let words = news.map { "\(MarkdownText.code($0.metric)) \(Self.words($0))" }.joined(separator: ", ")
        return "\(news.isEmpty ? "✔" : "✘") **signalbench trend**: \(nights) runs, "
            + (news.isEmpty ? "no regression in the last \(self.recent)" : "regressed: \(words)")
    }

    /// The table for people.
    package var text: String {
        var lines: [String] = []
        for trend in self.trends {
            lines.append("\(trend.name): \(trend.nights.count) runs")
            lines += trend.changes.sorted { $0.age > $1.age }.map {
                "  \($0.metric): \(Self.words($0))\($0.isRegression ? " REGRESSED" : "")"
            }
            if trend.changes.isEmpty { lines.append("  no change") }
        }
        return lines.joined(separator: "\n")
    }

    /// `+8.1 % since 2026-09-01T02:00:00Z (run-17)`.
    private static func words(_ change: Trend.Change) -> String {
        let share = change.point.change
        let by =
            share.isFinite
            ? Self.percent(share)
            : "from 0 to \(NumberText.significant(change.point.after))"
        return "\(by) since \(change.night.time) (\(change.night.name))"
    }

    /// A badge for a front page.
    package var badge: String {
        let news = self.regressions
        return Badge.svg(
            label: "signaling", text: news.isEmpty ? "steady" : "\(news.count) regressed", isGood: news.isEmpty)
    }

    private var page: String {
        get throws {
            try TrialsPage.render(
                title: "Trend", subtitle: "changes of level by night; news are those of the last \(self.recent) runs",
                groups: self.trends.map(self.section),
                reading:
                    "A change is where the level of a metric moved for good: candidates by E-divisive means in windows of fifty "
                    + "runs, kept when Student's test of the stretches beside it says so at the level asked for (Hunter). Marks in "
                    + "the lines are changes; a single bad night is none. Runs that were invalid or interrupted are left out."
            )
        }
    }

    private func section(_ trend: Trend) -> TrialsPage.Group {
        let news = trend.regressions(within: self.recent).map(\.metric)
        let rows = trend.changes.sorted { $0.age < $1.age }.map { change in
            let unit = MetricUnit.of(change.metric)
            return TrialsPage.Row(
                metric: change.metric,
                cells: [
                    Quantity(change.point.before, unit).text, Quantity(change.point.after, unit).text,
                    change.point.change.isFinite ? Self.percent(change.point.change) : "–",
                    Self.day(change.night), change.night.name, NumberText.probability(change.point.p),
                ], verdict: change.isRegression ? "regressed" : "changed", style: change.isRegression ? "fail" : "")
        }
        let moved = trend.metrics.filter { metric in trend.changes.contains { $0.metric == metric } }
        let days = trend.nights.first.map(Self.day).map { " from \($0)" } ?? ""
        let until = trend.nights.last.map(Self.day).map { " to \($0)" } ?? ""
        return TrialsPage.Group(
            title: trend.name,
            sentence: "\(NumberText.counted(trend.nights.count, "run"))\(days)\(until), "
                + "\(NumberText.counted(rows.count, "change"))"
                + (news.isEmpty
                    ? "; no regression in the last \(self.recent)." : "; regressed: \(news.joined(separator: ", "))."),
            style: news.isEmpty ? "pass" : "fail",
            heads: ["Metric", "Before", "After", "Change", "Since", "Run", "p", "Verdict"], rows: rows,
            figures: (moved + trend.metrics.filter { !moved.contains($0) }).compactMap { Self.figure($0, of: trend) })
    }

    private static func figure(_ metric: String, of trend: Trend) -> TrialsPage.Figure? {
        let values = trend.nights.compactMap { $0.metrics[metric] }
        guard let newest = values.last, let least = values.min(), let greatest = values.max() else { return nil }
        let marks = trend.changes.filter { $0.metric == metric }.map(\.point.index)
        let unit = MetricUnit.of(metric)
        return HistoryLine.svg(values, marks: marks, name: "\(metric) by run").map { chart in
            TrialsPage.Figure(
                title: metric,
                sentence: least == greatest
                    ? "always \(Quantity(newest, unit).text)"
                    : "newest \(Quantity(newest, unit).text), from \(Quantity(least, unit).text) to "
                        + "\(Quantity(greatest, unit).text)",
                chart: chart)
        }
    }

    /// `+8.81 %`.
    private static func percent(_ share: Double) -> String {
        "\(share > 0 ? "+" : "")\(NumberText.significant(100 * share)) %"
    }

    private static func day(_ night: Trend.Night) -> String { String(night.time.prefix(10)) }
}
