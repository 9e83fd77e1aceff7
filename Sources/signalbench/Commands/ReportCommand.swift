import ArgumentParser
import Harness

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
