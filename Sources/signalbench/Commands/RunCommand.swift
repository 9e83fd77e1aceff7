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
