import ArgumentParser
import Conformance
import Harness

/// `signalbench conform`.
struct ConformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conform",
        abstract: "Judges whether a backend does what signaling needs, and what it declares.",
        discussion: """
            Example:
              signalbench conform
              signalbench conform relay baas socketio mqtt5:mqtt://127.0.0.1:1883
              signalbench conform relay:ws://127.0.0.1:8080/ --declare mine.json
              signalbench conform relay --cases 'ORD-*,DLV-01'
              signalbench conform baas --baseline expected.txt

            Without a backend it is baas. A declaration file says what a server of your own promises;
            a baseline lists failures that are expected, a line each: BACKEND CASE # reason.

            Exit codes: 0 conforms, 1 a requirement failed, 2 something could not be judged.
            """)

    @Argument(help: "ID, ID:URL, either with ?key=value options; a URL alone where --declare names its adapter.")
    var backend: [String] = []

    @Option(help: ArgumentHelp("quick (90 s a backend at most) or full (15 minutes).", valueName: "name"))
    var profile = ConformanceProfile.quick

    @Option(help: ArgumentHelp("Ids, or beginnings of ids with a *.", valueName: "'ORD-*,DLV-01'"))
    var cases: String?

    @Option(help: ArgumentHelp("What a server that is not ours promises (JSON).", valueName: "file"))
    var declare: String?

    @Option(help: ArgumentHelp("Expected failures, which may only shrink.", valueName: "file"))
    var baseline: String?

    @Flag(help: "Lists the cases and runs none.")
    var list = false

    @Option(help: ArgumentHelp("The report's folder instead of a new one below Reports.", valueName: "folder"))
    var out: String?

    @OptionGroup var settings: SettingFlags

    @Option(help: ArgumentHelp("What tells this run's messages apart.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("What standard output gets: text, or json for the result itself.", valueName: "format"))
    var format = OutputFormat.text

    @Flag(help: "No progress.")
    var quiet = false

    @Flag(name: .customLong("no-html"), help: "No conformance.html.")
    var omitsHTML = false

    @Flag(name: .customLong("faithful-2016"), help: .hidden)
    var isFaithful2016 = false

    func run() async throws {
        if self.list {
            let listing = Listing.cases()
            switch self.format {
            case .text: print(TextTable(header: listing.header, rows: listing.cells).text)
            case .json: print(try Listing.casesJSON())
            }
            return
        }
        var request = ConformRequest()
        request.backends = self.backend
        request.profile = self.profile
        request.cases = self.cases
        request.declare = self.declare
        request.baseline = self.baseline
        request.out = self.out
        request.seed = self.seed
        request.writesHTML = !self.omitsHTML
        request.overrides = try self.settings.overrides()
        if self.isFaithful2016 { request.serverFlags.append("--faithful-2016") }
        let printer = ProgressPrinter(mode: ProgressPrinter.mode(isQuiet: self.quiet))
        let outcome = try await ConformController(request: request, own: try OwnExecutable.path(), printer: printer)
            .run()
        for (_, error) in outcome.errors { StandardError.write("\(error)\n") }
        switch self.format {
        case .text: print(outcome.text)
        case .json: print(try outcome.json())
        }
        throw ExitCode(outcome.status.rawValue)
    }
}

extension ConformanceProfile: ExpressibleByArgument {}
