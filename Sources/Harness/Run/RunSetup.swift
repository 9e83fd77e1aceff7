import Backends
import Measure
import Workload

/// What the runs of one command share, and how one of them is set up.
struct RunSetup: Sendable {
    /// The words of the command line, for the reports.
    let command: [String]
    let facts = MachineFacts.read()
    let interruption: Interruption
    let printer: ProgressPrinter
    let writesHTML: Bool
    /// Of a part of a divided run.
    var part: ShardRun?
    /// Of a trial that ends when one of its goals is out of reach.
    var goals: GoalWatch?
    /// Whether packets are captured for a second opinion.
    var audits = false
    /// What the instrument takes by itself.
    var floor: FloorReport?

    /// Runs one plan against one backend, unless the machine is too small for it.
    ///
    /// - Parameters:
    ///   - profile: with its backend.
    ///   - plan: made from it.
    ///   - gates: what it is judged by.
    ///   - placement: where the backend comes from.
    ///   - folder: where the report goes.
    /// - Returns: the report.
    /// - Throws: `HarnessError` (unwritable output, internal error) when not even a report can be written.
    func run(
        _ profile: Profile, plan: Plan, gates: [Gate], placement: BackendPlacement, folder: ReportFolder
    ) async throws -> RunOutcome.Report {
        let assembly = ResultAssembly(
            profile: profile, plan: plan, gates: gates,
            environment: EnvironmentReport(command: self.command, facts: self.facts), facts: self.facts,
            placement: placement, shard: self.part?.shard ?? .whole)
        let run = SingleRun(
            profile: profile, plan: plan, assembly: assembly, placement: placement, folder: folder,
            files: ReportFiles(folder: folder, writesHTML: self.writesHTML), interruption: self.interruption,
            printer: self.printer, part: self.part, goals: self.goals, audits: self.audits, floor: self.floor)
        let isElsewhere = if case .running = placement { true } else { false }
        let compression = profile.backend.options["compression"] ?? profile.backend.reach["compression"]
        let capacity = CarryingCapacity(
            facts: self.facts, sharesMachine: !isElsewhere, isEmbedded: !isElsewhere,
            compresses: compression == "deflate")
        for finding in Preflight.check(agents: plan.agents(of: self.part?.shard ?? .whole), capacity: capacity) {
            switch finding {
            case .warning(let text): self.printer.warn(text)
            case .refusal(let message, let cure):
                let error = HarnessError(.tooFewResources, message, cure: cure)
                let document = try run.refuse(error)
                return RunOutcome.Report(document: document, folder: folder.path, error: error)
            }
        }
        let (document, error) = try await run.run()
        return RunOutcome.Report(document: document, folder: folder.path, error: error)
    }

    /// Reads a profile by path or name.
    ///
    /// - Parameters:
    ///   - name: a path or the name of a shipped profile; nil is `quickstart`.
    ///   - own: the path of this program.
    ///   - overrides: flags that win over its keys.
    /// - Returns: the profile.
    /// - Throws: `HarnessError` (profile not found, bad profile, bad flag).
    static func profile(
        _ name: String?, own: String, overrides: [ProfileReader.Override]
    ) throws(HarnessError) -> Profile {
        let locator = ProfileLocator(executable: own)
        let loaded: Result<Profile, ProfileError>
        if name == nil, !locator.names.contains("quickstart") {
            // A program that was moved away from its profiles still runs: the defaults are quickstart's.
            loaded = ProfileLoader.defaults(name: "quickstart", overrides: overrides)
        } else {
            loaded = ProfileLoader.read(path: try locator.locate(name ?? "quickstart"), overrides: overrides)
        }
        switch loaded {
        case .success(let profile): return profile
        case .failure(let error): throw ProfileLoader.harnessError(error)
        }
    }

    /// Where the backend of a profile comes from, its settings checked.
    ///
    /// - Parameters:
    ///   - profile: a complete profile.
    ///   - agents: how many need an account, where the backend has accounts.
    ///   - own: the path of this program.
    ///   - note: says what the user may not expect.
    /// - Returns: a running server, or a command to start.
    /// - Throws: `HarnessError` for settings that the backend does not take, or what reading its files throws.
    static func placement(
        of profile: Profile, agents: Int, own: String, note: (String) -> Void = { _ in }
    ) throws -> BackendPlacement {
        // What a driver left behind that was killed in the middle of a fault.
        for folder in FaultGroup.sweep() { note("removed \(folder), which a run that was killed had left behind") }
        let placement = try BackendPlacement.of(profile.backend, own: own).facing(profile.faults, own: own)
        if case .running(let url) = placement {
            let settings = try BackendSettings(profile: profile.backend, url: url)
            try settings.checkAccounts(for: agents)
            for sentence in settings.notes { note(sentence) }
        } else {
            try BackendSettings(profile: profile.backend, url: nil).checkAccounts(for: agents)
        }
        return placement
    }
}
