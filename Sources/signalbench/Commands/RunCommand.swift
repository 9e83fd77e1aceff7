import ArgumentParser
import Foundation
import Harness
import Signaling
import Workload

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
              signalbench run mesh-8 --backend relay --against 'relay?delay=5ms' --repeat 5
              signalbench run --backend relay:ws://127.0.0.1:8080/ \\
                --gate 'negotiation.completion >= 99.9%'

            With --shard, several processes play one plan together, each its own rooms, against a server
            that runs already; 'signalbench merge' makes one report of their parts.

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

    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp("Run so many trials, each with a seed of its own.", valueName: "n"))
    var repeats: Int?

    @Option(
        help: ArgumentHelp(
            "Take turns with another backend, five trials each unless --repeat says otherwise, and compare.",
            valueName: "id[?key=value][:url]"))
    var against: String?

    @Option(
        help: ArgumentHelp(
            "Compare with an earlier result or a folder of them, and fail on a regression.",
            valueName: "report.json"))
    var baseline: String?

    @Option(help: ArgumentHelp("The report's folder instead of a new one below Reports.", valueName: "folder"))
    var out: String?

    @Option(
        help: ArgumentHelp(
            "Play this part of the plan's rooms only, counted from 0; auto asks Slurm, Open MPI or Kubernetes.",
            valueName: "k/n"))
    var shard: String?

    @Option(help: ArgumentHelp("The folder where all shards meet and leave their parts.", valueName: "folder"))
    var part: String?

    @Option(help: ArgumentHelp("How long a shard waits for the others.", valueName: "60s"))
    var wait = "60s"

    @Option(help: ArgumentHelp("What standard output gets: text, or json for the result itself.", valueName: "format"))
    var format = OutputFormat.text

    @Flag(help: "Read the packets as well, count and time them apart from the driver, and say how far it is off.")
    var audit = false

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
        request.shard = try self.shardRequest()
        request.audits = self.audit
        let printer = ProgressPrinter(mode: ProgressPrinter.mode(isQuiet: self.quiet))
        let own = try OwnExecutable.path()
        // A baseline that cannot be read is better known before the load than after it.
        guard self.baseline == nil || (self.backend.count <= 1 && self.shard == nil) else {
            throw HarnessError(
                .badFlag, "--baseline is compared with one backend's run, and not with a shard",
                cure: "give one --backend; 'signalbench compare' takes merged and further results")
        }
        let baseline = try self.baseline.map { path throws(HarnessError) in try TrialGroup(reading: path) }
        if self.repeats != nil || self.against != nil {
            let runs = try RepeatedRuns(
                request: request, count: self.repeats ?? 5, against: self.against, baseline: baseline, own: own,
                printer: printer)
            return try self.end(try await runs.run())
        }
        let outcome = try await RunController(request: request, own: own, printer: printer).run()
        if let baseline, let folder = outcome.reports.first?.folder, outcome.reports.count == 1 {
            var compared = RepeatedOutcome(outcome, folder: folder)
            try compared.compare(with: baseline)
            return try self.end(compared)
        }
        for report in outcome.reports {
            if let error = report.error { StandardError.write("\(error)\n") }
        }
        switch self.format {
        case .text: print(Secrets.masked(outcome.text))
        case .json: print(Secrets.masked(try outcome.json(), shortest: 6))
        }
        throw ExitCode(outcome.status.rawValue)
    }

    /// Prints what came of trials, and exits as they say.
    private func end(_ outcome: RepeatedOutcome) throws {
        for error in outcome.trials.flatMap(\.outcome.reports).compactMap(\.error) {
            StandardError.write("\(error)\n")
        }
        switch self.format {
        case .text: print(Secrets.masked(outcome.text))
        case .json: print(Secrets.masked(try outcome.json(), shortest: 6))
        }
        throw ExitCode(outcome.status.rawValue)
    }

    private func shardRequest() throws(HarnessError) -> ShardRequest? {
        guard let text = self.shard else {
            guard self.part == nil else {
                throw HarnessError(.badFlag, "--part without --shard", cure: "give --shard k/n as well")
            }
            return nil
        }
        let patience: Profile.Duration
        do {
            patience = try Profile.Duration(text: self.wait)
        } catch {
            throw HarnessError(.badFlag, "--wait '\(self.wait)' \(error.message)", cure: "for example --wait 60s")
        }
        return ShardRequest(
            try ShardRank.shard(text, environment: ProcessInfo.processInfo.environment), folder: self.part,
            patience: patience.seconds)
    }
}
