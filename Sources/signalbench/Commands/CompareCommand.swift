import ArgumentParser
import Harness

/// `signalbench compare`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Shows how runs differ, and refuses runs whose settings differ.",
        discussion: """
            Example:
              signalbench compare base/report.json candidate/report.json
              signalbench compare trials-before/ trials-after/ --fail-on-regression

            A folder of reports is a group of repeated trials; four on each side are the fewest that give an interval.
            One run against one is inconclusive by nature, and says so.
            """)

    @Argument(help: "The base's report.json or folder, then the candidates'.")
    var results: [String]

    @Flag(name: .customLong("fail-on-regression"), help: "Exit 1 on a regression, 2 when it cannot be told.")
    var failsOnRegression = false

    @Flag(help: "Also list metrics without a better side, and equal ones.")
    var full = false

    @Option(help: ArgumentHelp("How to print it: text or json.", valueName: "format"))
    var format = OutputFormat.text

    func run() throws {
        let comparison = try ResultComparison(groups: try self.results.map { try TrialGroup(reading: $0) })
        switch self.format {
        case .text: print(comparison.text(isFull: self.full))
        case .json: try JSONOutput.print(comparison)
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
            """)

    @Argument(help: "A report.json.")
    var result: String

    @Option(help: ArgumentHelp("Where to render to; else next to the result.", valueName: "folder"))
    var out: String?

    @Flag(name: .customLong("no-html"), help: "No report.html.")
    var omitsHTML = false

    func run() throws {
        for path in try ReportRenderer.render(self.result, to: self.out, writesHTML: !self.omitsHTML) { print(path) }
    }
}
