import ArgumentParser
import Harness
import Measure
import Signaling

/// `signalbench trend`.
struct TrendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trend",
        abstract: "Shows at which run a metric changed its level, over a folder of nightly results.",
        discussion: """
            Example:
              signalbench trend nightly/
              signalbench trend nightly/ --out public --fail-on-regression

            Every report.json in the folder and one level below is a run; those of other profiles, backends or settings are histories
            of their own. It writes trend.html, trend.csv (which Apache Otava reads, and this command), trend.svg (a badge) and
            trend.md (a line for a summary).
            """)

    @Argument(help: "The folder of results, or a trend.csv.")
    var results: String

    @Option(help: ArgumentHelp("Where to write page, table, badge and line.", valueName: "folder"))
    var out: String?

    @Option(help: ArgumentHelp("A metric to follow; repeat it for more.", valueName: "metric"))
    var metric: [String] = []

    @Option(help: ArgumentHelp("How many of the newest runs count as news.", valueName: "runs"))
    var recent = 7

    @Option(
        name: .customLong("max-p"),
        help: ArgumentHelp("The greatest probability of chance that counts as a change.", valueName: "p"))
    var level = 0.001

    @Option(
        name: .customLong("min-change"),
        help: ArgumentHelp("The least change that counts, in per cent.", valueName: "percent"))
    var least = 0.0

    @Flag(name: .customLong("fail-on-regression"), help: "Exit 1 when a metric regressed among the newest runs.")
    var failsOnRegression = false

    func run() throws {
        for metric in self.metric where MetricCatalogue.find(metric) == nil {
            throw HarnessError(
                .badFlag,
                "there is no metric '\(metric)'"
                    + (MetricCatalogue.suggestion(for: metric).map { " (did you mean '\($0)'?)" } ?? ""),
                cure: "see 'signalbench list metrics'")
        }
        guard self.level > 0, self.level < 1, self.least >= 0, self.recent > 0 else {
            throw HarnessError(
                .badFlag, "--max-p is between 0 and 1, --min-change 0 or more and --recent 1 or more",
                cure: "leave them out for the defaults")
        }
        let files = TrendFiles(
            try NightlyResults.read(
                self.results, metrics: self.metric, level: self.level, least: self.least / 100), recent: self.recent)
        print(files.text)
        if let out { for path in try files.write(to: out) { print(path) } }
        if self.failsOnRegression, !files.regressions.isEmpty { throw ExitCode(CommandStatus.fail.rawValue) }
    }
}
