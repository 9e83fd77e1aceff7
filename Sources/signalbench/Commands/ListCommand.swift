import ArgumentParser
import Harness
import Signaling
import Workload

/// `signalbench list`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists backends with their options, shipped profiles, profile keys, metrics or conformance cases.",
        discussion: """
            Example:
              signalbench list backends
              signalbench list metrics --format json
            """)

    /// What can be listed.
    enum Subject: String, CaseIterable, ExpressibleByArgument {
        case backends, profiles, keys, metrics, cases
    }

    @Argument(help: "backends, profiles, keys (of a profile, with their defaults), metrics or cases.")
    var subject: Subject

    @Option(help: ArgumentHelp("How to print it: text or json.", valueName: "format"))
    var format = OutputFormat.text

    func run() throws {
        let listing =
            switch self.subject {
            case .backends: Listing.backends()
            case .profiles: try Listing.profiles(ProfileLocator(executable: OwnExecutable.path()))
            case .keys: Listing.keys()
            case .metrics: Listing.metrics()
            case .cases: Listing.cases()
            }
        switch self.format {
        case .text: print(TextTable(header: listing.header, rows: listing.cells).text)
        case .json where self.subject == .cases: print(try Listing.casesJSON())
        case .json: try JSONOutput.print(listing.rows)
        }
    }
}

/// `signalbench doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Says what this machine can carry, or how far one connection to a backend gets.",
        discussion: """
            Example:
              signalbench doctor
              signalbench doctor --agents 30000      exit 2 when that many do not fit
              signalbench doctor --backend 'socketio:https://host/?token=abc'
              signalbench doctor --backend relay:wss://10.0.0.1/ --set backend.tls.serverName=host

            With --backend it goes step by step: name, TCP, TLS, HTTP, greeting, join, and a message
            from a second member; exit 69 when a step fails, with the option that may help.
            """)

    @Option(help: ArgumentHelp("Goes to this backend step by step.", valueName: "id[?key=value]:url"))
    var backend: String?

    @OptionGroup var settings: SettingFlags

    @Option(help: ArgumentHelp("Exit 2 when this many agents do not fit.", valueName: "n"))
    var agents: Int?

    @Option(help: ArgumentHelp("How to print it: text or json.", valueName: "format"))
    var format = OutputFormat.text

    func run() async throws {
        if let backend = self.backend { return try await self.diagnose(backend) }
        if let agents = self.agents, agents < 1 {
            throw HarnessError(.badFlag, "--agents \(agents) is not a number from 1", cure: "ask for at least 1 agent")
        }
        let facts = MachineFacts.read()
        let report = DoctorReport(facts: facts)
        switch self.format {
        case .text: print(report.text)
        case .json: try JSONOutput.print(report)
        }
        guard let agents = self.agents else { return }
        let capacity = CarryingCapacity(facts: facts, sharesMachine: true, isEmbedded: true)
        if case .refusal(let message, let cure) = Preflight.check(agents: agents, capacity: capacity).first {
            throw HarnessError(.tooFewResources, message, cure: cure)
        }
    }

    private func diagnose(_ backend: String) async throws {
        let isText = self.format == .text
        let report = try await BackendDoctor.run(backend, overrides: self.settings.overrides()) { line in
            if isText { print(line) }
        }
        if !isText { try JSONOutput.print(report) }
        if !report.isReached { throw ExitCode(CommandStatus.unavailable.rawValue) }
    }
}

/// `signalbench validate`.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Lists every mistake in profiles at once, with file, line and column.",
        discussion: """
            Example:
              signalbench validate mine.yaml Profiles/*.yaml
            """)

    @Argument(help: "Profiles: paths, or names of shipped ones.")
    var profiles: [String]

    @Flag(help: "Say nothing about profiles without mistakes.")
    var quiet = false

    func run() throws {
        let locator = ProfileLocator(executable: try OwnExecutable.path())
        var mistakes = 0
        for profile in self.profiles {
            switch ProfileLoader.read(path: try locator.locate(profile)) {
            case .success:
                if !self.quiet { print("\(profile): no mistakes") }
            case .failure(let error):
                print(Secrets.masked("\(error)"))
                mistakes += error.diagnostics.count
            }
        }
        if mistakes > 0 { throw ExitCode(CommandStatus.badFile.rawValue) }
    }
}
