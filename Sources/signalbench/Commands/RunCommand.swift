import ArgumentParser
import Harness
import Signaling

/// `signalbench run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Plays one workload against one backend, or the same against several, and judges it.",
        discussion: """
            Example:
              signalbench run
              signalbench run mesh-8 --agents 400 --duration 30s
              signalbench run broadcast-100 --backend relay --backend relay-routed
              signalbench run mesh-8 --backend relay --backend 'relay?echo=true'
              signalbench run --backend relay:ws://127.0.0.1:8080/ \\
                --gate 'negotiation.completion >= 99.9%'

            Without a profile it is quickstart: 200 agents in rooms of 4. Ctrl-C ends the run in
            order and writes a partial report (exit 130); a second one ends at once.
            """)

    @Argument(help: "A profile's path, or the name of a shipped one.")
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "Another backend than the profile's; repeat it to compare.", valueName: "id[?key=value][:url]"))
    var backend: [String] = []

    @OptionGroup var workload: WorkloadFlags

    @Option(help: ArgumentHelp("The report's folder instead of a new one below Reports.", valueName: "folder"))
    var out: String?

    @Option(help: ArgumentHelp("What standard output gets: text, or json for the result itself.", valueName: "format"))
    var format = OutputFormat.text

    @Flag(help: "No progress.")
    var quiet = false

    @Flag(name: .customLong("no-html"), help: "No report.html.")
    var omitsHTML = false

    func run() async throws {
        var request = RunRequest()
        request.profile = self.profile
        request.overrides = try self.workload.overrides()
        request.backends = self.backend
        request.out = self.out
        request.writesHTML = !self.omitsHTML
        request.command = CommandText.words
        let printer = ProgressPrinter(mode: ProgressPrinter.mode(isQuiet: self.quiet))
        let controller = RunController(request: request, own: try OwnExecutable.path(), printer: printer)
        let outcome = try await controller.run()
        for report in outcome.reports {
            if let error = report.error { StandardError.write("\(error)\n") }
        }
        switch self.format {
        case .text: print(Secrets.masked(outcome.text))
        case .json: print(Secrets.masked(try outcome.json(), shortest: 6))
        }
        throw ExitCode(outcome.status.rawValue)
    }
}
