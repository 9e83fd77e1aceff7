import ArgumentParser
import Foundation
import Harness
import Measure
import Signaling

/// `signalbench compare`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Shows how runs differ, and refuses runs whose settings differ.",
        discussion: """
            Example:
              signalbench compare base/report.json candidate/report.json
              signalbench compare trials-before/ trials-after/ --fail-on-regression
              signalbench compare before/ after/ --format html > compare.html

            A folder of reports is a group of repeated trials, whose seeds may differ. Each judged metric gets a verdict: regressed,
            improved, equivalent within the tolerance, or inconclusive. Five trials on each side can judge six metrics that differ at
            all; one run against one is inconclusive by nature, and says so.
            """)

    /// How the comparison is written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, markdown, html
    }

    @Argument(help: "The base's report.json or folder, then the candidates'.")
    var results: [String]

    @Option(
        help: ArgumentHelp(
            "A metric to judge instead of the usual ones; repeat it for more. The fewer, the fewer trials it takes.",
            valueName: "metric"))
    var metric: [String] = []

    @Option(help: ArgumentHelp("A change that still counts as none.", valueName: "percent"))
    var tolerance = 5.0

    @Flag(name: .customLong("fail-on-regression"), help: "Exit 1 on a regression, 2 when it cannot be told.")
    var failsOnRegression = false

    @Flag(help: "Let simulated runs stand beside measured ones.")
    var withSimulated = false

    @Flag(help: "Also list what is not judged and did not move.")
    var full = false

    @Option(help: ArgumentHelp("How to print it: text, json, markdown or html.", valueName: "format"))
    var format = Format.text

    func run() throws {
        for metric in self.metric where MetricCatalogue.find(metric) == nil {
            throw HarnessError(
                .badFlag,
                "there is no metric '\(metric)'"
                    + (MetricCatalogue.suggestion(for: metric).map { " (did you mean '\($0)'?)" } ?? ""),
                cure: "see 'signalbench list metrics'")
        }
        guard (0...100).contains(self.tolerance) else {
            throw HarnessError(.badFlag, "--tolerance is between 0 and 100 per cent", cure: "leave it out for 5")
        }
        let comparison = try ResultComparison(
            groups: try self.results.map { try TrialGroup(reading: $0) },
            judged: self.metric.isEmpty ? ResultComparison.judged : self.metric, tolerance: self.tolerance / 100,
            withSimulated: self.withSimulated)
        switch self.format {
        case .text: print(comparison.text(isFull: self.full))
        case .json: try JSONOutput.print(comparison)
        case .markdown: print(comparison.markdown)
        case .html: print(try comparison.page)
        }
        if self.failsOnRegression { throw ExitCode(comparison.status.rawValue) }
    }
}

/// `signalbench report`.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Renders HTML, JUnit and Markdown again from a result.",
        discussion: """
            Example:
              signalbench report Reports/20251124T020405Z-mesh-8-relay/report.json
              signalbench report report.json --out rendered
              signalbench report report.json --picture front-page.svg
            """)

    @Argument(help: "A report.json.")
    var result: String

    @Option(help: ArgumentHelp("Where to render to; else next to the result.", valueName: "folder"))
    var out: String?

    @Flag(name: .customLong("no-html"), help: "No report.html.")
    var omitsHTML = false

    @Option(help: ArgumentHelp("Draws the run as one picture (SVG) instead, for a front page.", valueName: "file"))
    var picture: String?

    func run() throws {
        if let picture = self.picture { return try ReportRenderer.draw(self.result, to: picture) }
        for path in try ReportRenderer.render(self.result, to: self.out, writesHTML: !self.omitsHTML) { print(path) }
    }
}
