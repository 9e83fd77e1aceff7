import ArgumentParser
import Harness
import Signaling

/// `signalbench simulate`.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Plays a workload in virtual time against an embedded backend, over a simulated network.",
        discussion: """
            Example:
              signalbench simulate mesh-8
              signalbench simulate mesh-8 --link delay=10ms..40ms --backend relay-routed
              signalbench simulate mesh-8 --service perMessage=20us,perDelivery=5us
              signalbench simulate mesh-8 --agents 100000 --duration 10s --no-html

            The agents, the dialects and the server are the real ones; clock, network and the cost of
            the server's work are models. The report says that it is simulated. The same seed gives
            the same report. A link's delay is a time, a range, or exp: and a mean.
            """)

    @Argument(help: "A profile's path, or the name of a shipped one.")
    var profile: String?

    @Option(help: ArgumentHelp("Another embedded backend than the profile's.", valueName: "id[?key=value]"))
    var backend: String?

    @Option(
        help: ArgumentHelp("Each agent's link: delay, bandwidth (bytes a second), split.", valueName: "delay=20ms,…"))
    var link: String?

    @Option(
        help: ArgumentHelp(
            "What the server's work takes: perMessage, perDelivery, cores.", valueName: "perMessage=20us,…"))
    var service: String?

    @Option(help: ArgumentHelp("The same as a capacity search measured it.", valueName: "capacity.json"))
    var law: String?

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
        var request = SimulationRequest()
        request.run.profile = self.profile
        request.run.overrides = try self.workload.overrides()
        request.run.backends = self.backend.map { [$0] } ?? []
        request.run.out = self.out
        request.run.writesHTML = !self.omitsHTML
        request.run.command = CommandText.words
        request.link = self.link
        request.service = self.service
        request.law = self.law
        let printer = ProgressPrinter(mode: ProgressPrinter.mode(isQuiet: self.quiet))
        let controller = SimulationController(request: request, own: try OwnExecutable.path(), printer: printer)
        let outcome = try await controller.run()
        switch self.format {
        case .text: print(Secrets.masked(outcome.text))
        case .json: print(Secrets.masked(try outcome.json(), shortest: 6))
        }
        throw ExitCode(outcome.status.rawValue)
    }
}
