import ArgumentParser
import Harness
import Measure
import Signaling
import Workload

extension CapacityAxis: ExpressibleByArgument {}

/// `signalbench capacity`.
struct CapacityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capacity",
        abstract: "Finds the highest load of a backend that meets a service level.",
        discussion: """
            Example:
              signalbench capacity mesh-8 --axis rooms --slo 'fanout.latency.p99 < 50ms'
              signalbench capacity --axis joinRate --slo 'negotiation.completion >= 99.9%' \\
                --slo 'negotiation.time.p99 < 1s' --backend baas
              signalbench capacity mesh-8 --axis rooms --slo 'fanout.latency.p99 < 50ms' \\
                --resume Reports/20251124T020405Z-mesh-8-capacity-relay

            Short trials find the neighbourhood, full ones prove both ends of the bracket. Where the
            generator or the machine ends first, the answer is "≥ L". Each trial keeps its report.

            Exit codes: 0 an answer, 2 nothing confirmed, not even the least load, 130 interrupted.
            """)

    @Argument(help: "A profile's path, or the name of a shipped one.")
    var profile: String?

    @Option(help: ArgumentHelp("rooms, agents, roomSize, joinRate or messageRate.", valueName: "name"))
    var axis: CapacityAxis

    @Option(help: ArgumentHelp("A goal that a load has to meet; repeat it for more.", valueName: "metric op limit"))
    var slo: [String] = []

    @Option(help: ArgumentHelp("Another backend than the profile's.", valueName: "id[?key=value][:url]"))
    var backend: String?

    @Option(help: ArgumentHelp("The load to begin with; else the profile's.", valueName: "n"))
    var start: Double?

    @Option(name: [.customLong("from"), .long], help: ArgumentHelp("The least load to try.", valueName: "n"))
    var min: Double?

    @Option(name: [.customLong("to"), .long], help: ArgumentHelp("The largest load to try.", valueName: "n"))
    var max: Double?

    @Option(help: ArgumentHelp("How wide the bracket may be, as a share of its lower end.", valueName: "5%"))
    var width = "5%"

    @Option(help: ArgumentHelp("How many of how many full trials have to pass.", valueName: "m/n"))
    var confirm = "2/3"

    @Option(help: ArgumentHelp("The steady phase of a full trial; else the profile's.", valueName: "20s"))
    var duration: String?

    @Option(help: ArgumentHelp("The steady phase of a short trial; else a quarter of it.", valueName: "5s"))
    var short: String?

    @Option(help: ArgumentHelp("The pause between trials.", valueName: "1s"))
    var coolDown = "1s"

    @Option(help: ArgumentHelp("Trials after which the search ends unfinished.", valueName: "n"))
    var trials = 100

    @OptionGroup var settings: SettingFlags

    @Option(help: ArgumentHelp("The folder of the search instead of a new one below Reports.", valueName: "folder"))
    var out: String?

    @Option(help: ArgumentHelp("Go on with the search of a folder.", valueName: "folder"))
    var resume: String?

    @Option(help: ArgumentHelp("What standard output gets: text, or json for the whole search.", valueName: "format"))
    var format = OutputFormat.text

    @Flag(help: "No progress.")
    var quiet = false

    @Flag(name: .customLong("no-html"), help: "No capacity.html, and no report.html of the trials.")
    var omitsHTML = false

    func run() async throws {
        let printer = ProgressPrinter(mode: ProgressPrinter.mode(isQuiet: self.quiet))
        let controller = CapacityController(
            request: try self.request(), own: try OwnExecutable.path(), printer: printer)
        let outcome = try await controller.run()
        switch self.format {
        case .text:
            if let line = outcome.report.line { print(Secrets.masked(line)) }
            if let law = outcome.report.law { print(law.text) }
            if let cost = outcome.report.publishCost { print(cost.text) }
            if let knee = outcome.report.knee {
                print("knee: \(outcome.report.axis.text(knee.load)), where more load begins to pay less")
            }
            print("trials: \(outcome.folder)")
        case .json: try JSONOutput.print(outcome.report)
        }
        throw ExitCode(outcome.status.rawValue)
    }

    private func request() throws(HarnessError) -> CapacityRequest {
        var request = CapacityRequest(axis: self.axis, slo: self.slo)
        request.run.profile = self.profile
        request.run.backends = self.backend.map { [$0] } ?? []
        request.run.out = self.out
        request.run.writesHTML = !self.omitsHTML
        request.run.command = CommandText.words
        request.run.overrides += try self.settings.overrides()
        if let duration = self.duration {
            request.run.overrides.append(
                .init(path: "phases.steady", value: duration, source: "--duration \(duration)", isLiteral: true))
        }
        request.start = self.start
        request.least = self.min
        request.most = self.max
        guard let width = Self.share(self.width) else {
            throw HarnessError(.badFlag, "--width \(self.width) is no share", cure: "for example --width 5%")
        }
        request.width = width
        request.mostTrials = self.trials
        request.resume = self.resume
        let votes = self.confirm.split(separator: "/").compactMap { Int($0) }
        guard votes.count == 2 else {
            throw HarnessError(.badFlag, "--confirm \(self.confirm) is not m/n", cure: "for example --confirm 2/3")
        }
        request.needed = votes[0]
        request.confirmations = votes[1]
        request.coolDown = try Self.duration("--cool-down", self.coolDown)
        request.short = try self.short.map { text throws(HarnessError) in try Self.duration("--short", text) }
        return request
    }

    /// `5%` or `0.05`.
    private static func share(_ text: String) -> Double? {
        text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
    }

    private static func duration(_ flag: String, _ text: String) throws(HarnessError) -> Profile.Duration {
        do {
            return try Profile.Duration(text: text)
        } catch {
            throw HarnessError(.badFlag, "\(flag) '\(text)' \(error.message)", cure: "for example \(flag) 5s")
        }
    }
}
