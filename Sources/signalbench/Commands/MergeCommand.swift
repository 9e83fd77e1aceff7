import ArgumentParser
import Harness
import Signaling

/// `signalbench merge`.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Puts the parts of a divided run together into one report.",
        discussion: """
            Example:
              signalbench run mesh-8 --backend relay:ws://10.0.0.5:8080/ --shard 0/2 --part Parts/1 &
              signalbench run mesh-8 --backend relay:ws://10.0.0.5:8080/ --shard 1/2 --part Parts/1
              signalbench merge Parts/1

            Counts are added and distributions merged, exactly; gates are judged over the whole. Nothing
            is scaled up: with a part missing the report says so, is invalid, and the exit code is 74.
            Parts of different plans, programs or attempts are refused, with the same code.
            """)

    @Argument(help: "The folder that the shards were given with --part.")
    var folder: String

    @Option(help: ArgumentHelp("The report's folder; else 'merged' in the folder of the parts.", valueName: "folder"))
    var out: String?

    @Option(help: ArgumentHelp("What standard output gets: text, or json for the result itself.", valueName: "format"))
    var format = OutputFormat.text

    @Flag(name: .customLong("no-html"), help: "No report.html.")
    var omitsHTML = false

    func run() throws {
        let outcome = try MergeController.run(
            folder: self.folder, out: self.out ?? self.folder + "/merged", writesHTML: !self.omitsHTML)
        switch self.format {
        case .text: print(Secrets.masked(outcome.text))
        case .json: print(Secrets.masked(try outcome.json(), shortest: 6))
        }
        throw ExitCode(outcome.status.rawValue)
    }
}
