import Backends
import Foundation
import Glibc
import Measure
import Reporting
import Synchronization
import UnixSignals
package import Workload

/// Carries a request from its words to its reports: everything is checked first, then each backend gets its run.
package struct RunController: Sendable {
    private let request: RunRequest
    private let own: String
    private let printer: ProgressPrinter

    /// Prepares a request.
    ///
    /// - Parameters:
    ///   - request: what the user asked for.
    ///   - own: the path of this program, which embedded backends are started from.
    ///   - printer: where progress goes.
    package init(request: RunRequest, own: String, printer: ProgressPrinter) {
        self.request = request
        self.own = own
        self.printer = printer
    }

    /// Runs every backend in turn, one plan and seed for all.
    ///
    /// - Returns: how it ended, and where the reports are.
    /// - Throws: `HarnessError` for every mistake that is found before anything starts.
    package func run() async throws -> RunOutcome {
        DescriptorLimit.raise()
        let overrides = BackendOverrides(self.request.overrides, backends: self.request.backends)
        let base = try RunSetup.profile(self.request.profile, own: self.own, overrides: overrides.profile)
        let chosen =
            try self.request.backends.isEmpty
            ? [base] : overrides.apply(to: self.request.backends.map { try BackendChoice.apply($0, to: base) })
        let profiles = chosen.map(BackendChoice.completed)
        // Of a shard the gates are judged when all parts are together.
        let gates = self.request.shard == nil ? Gate.parseAll(base.gates).gates : []
        let plan = Planner.plan(base, seed: base.seed)
        let placements = try profiles.map { profile in
            try RunSetup.placement(of: profile, agents: plan.agents.count, own: self.own, note: self.printer.note)
        }
        let part = try self.part(profiles, plan: plan, placements: placements)
        let folders = try self.folders(profiles, part: part)
        let interruption = Interruption()
        let printer = self.printer
        let signals = await interruption.watchSignals {
            printer.note("interrupted: the run ends in order; once more ends it at once")
        }
        defer { signals.cancel() }
        var setup = RunSetup(
            command: self.request.command, interruption: interruption, printer: printer,
            writesHTML: self.request.writesHTML, part: part)
        setup.audits = self.request.audits
        if part == nil, plan.phases.steadyEnd >= FloorRun.worthwhile {
            printer.note("measuring what this machine takes without a backend")
            setup.floor = try await FloorRun(of: base).measure(interruption)
        }
        var outcome = RunOutcome(reports: [], comparison: nil)
        for (index, profile) in profiles.enumerated() where !interruption.isRequested || index == 0 {
            outcome.reports.append(
                try await setup.run(
                    profile, plan: plan, gates: gates, placement: placements[index], folder: folders.runs[index]))
        }
        if let folder = folders.comparison, outcome.reports.count > 1 {
            outcome.comparison = try ComparisonFiles.write(
                outcome.reports, to: folder, writesHTML: self.request.writesHTML)
        }
        return outcome
    }

    // MARK: - What is checked before anything starts

    /// What makes this run a shard; nil when it is none.
    private func part(
        _ profiles: [Profile], plan: Plan, placements: [BackendPlacement]
    ) throws(HarnessError) -> ShardRun? {
        guard let request = self.request.shard else { return nil }
        guard let folder = request.folder else {
            throw HarnessError(
                .badFlag, "--shard needs the folder where all shards meet", cure: "give all of them the same --part")
        }
        guard !self.request.audits else {
            throw HarnessError(
                .badFlag, "an audit sees the packets of all shards, and counts those of one run",
                cure: "leave out --shard, or --audit")
        }
        guard let profile = profiles.first, profiles.count == 1, self.request.out == nil else {
            throw HarnessError(
                .badFlag, "a shard plays against one backend, and reports into the folder of --part",
                cure: "leave out --out, and give one --backend")
        }
        guard case .running = placements[0] else {
            throw HarnessError(
                .badFlag, "each shard would start a \(profile.backend.id) of its own",
                cure: "start it once, and give its address, for example --backend relay:ws://10.0.0.5:8080/")
        }
        guard profile.faults.isEmpty else {
            throw HarnessError(
                .badFlag, "faults are of one process's connections, and cannot be divided",
                cure: "leave out --shard, or the faults")
        }
        guard request.shard.count <= plan.rooms.count else {
            throw HarnessError(
                .badFlag, "\(request.shard.count) shards are more than the plan's \(plan.rooms.count) rooms",
                cure: "a room is whole on one shard: use fewer of them")
        }
        return try ShardRun(
            request.shard, folder: folder, plan: plan.digest, patience: request.patience)
    }

    /// Every folder, made and found writable before the first run begins.
    private func folders(
        _ profiles: [Profile], part: ShardRun?
    ) throws(HarnessError) -> (
        runs: [ReportFolder], comparison: ReportFolder?
    ) {
        if let part { return ([try ReportFolder(taking: part.reportFolder)], nil) }
        let name = profiles.first?.name ?? "run"
        let isSingle = profiles.count == 1
        let root: ReportFolder
        if let out = self.request.out {
            root = try ReportFolder(taking: out)
        } else {
            root = try ReportFolder(
                below: "Reports", profile: name, backend: isSingle ? profiles[0].backend.id : "comparison")
        }
        if isSingle { return ([root], nil) }
        var runs: [ReportFolder] = []
        var counts: [String: Int] = [:]
        for profile in profiles {
            counts[profile.backend.id, default: 0] += 1
            let count = counts[profile.backend.id] ?? 1
            runs.append(try root.folder(count == 1 ? profile.backend.id : "\(profile.backend.id)-\(count)"))
        }
        return (runs, root)
    }
}

/// What a user asks `run` for: a profile, what overrides it, and where the report goes.
package struct RunRequest: Sendable {
    /// A path or the name of a shipped profile; `nil` is `quickstart`.
    package var profile: String?
    /// Every flag that stands for a key of the profile, in the order given; gates are appended.
    package var overrides: [ProfileReader.Override] = []
    /// `ID` or `ID:URL`, one run each; empty: the profile's backend.
    package var backends: [String] = []
    /// `--out`; `nil` is a new folder below `Reports`.
    package var out: String?
    /// Whether `report.html` is written.
    package var writesHTML = true
    /// The words of the command line, for the report.
    package var command: [String] = []
    /// Which part of the plan is played here; nil for all of it.
    package var shard: ShardRequest?
    /// `--audit`.
    package var audits = false

    package init() {}
}

/// `--shard`, `--part` and `--wait`.
package struct ShardRequest: Sendable {
    package var shard: Shard
    /// Where all shards meet and leave their parts.
    package var folder: String?
    /// How many seconds to wait for the others.
    package var patience: Double

    package init(_ shard: Shard, folder: String?, patience: Double) {
        self.shard = shard
        self.folder = folder
        self.patience = patience
    }
}

/// The user's wish to end: the first Ctrl-C or SIGTERM ends the run in order, the second ends the process at once.
package final class Interruption: Sendable {
    private struct State: Sendable {
        var isRequested = false
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether somebody asked for the end.
    package var isRequested: Bool {
        self.state.withLock { $0.isRequested }
    }

    /// Asks for the end.
    ///
    /// - Returns: whether this was the first time.
    @discardableResult
    package func request() -> Bool {
        let (isFirst, action) = self.state.withLock { state in
            defer { state.isRequested = true }
            return (!state.isRequested, state.action)
        }
        if isFirst { action?() }
        return isFirst
    }

    /// Runs `body`; the end, when asked for meanwhile or before, calls `action`.
    ///
    /// - Parameters:
    ///   - action: starts an orderly end; called at most once, on any thread.
    ///   - body: the work.
    /// - Returns: what `body` returned.
    package func whileHandled<Outcome: Sendable>(
        by action: @escaping @Sendable () -> Void, _ body: () async throws -> Outcome
    ) async rethrows -> Outcome {
        let isLate = self.state.withLock { state in
            state.action = action
            return state.isRequested
        }
        if isLate { action() }
        defer { self.state.withLock { $0.action = nil } }
        return try await body()
    }

    /// Traps SIGINT, SIGTERM and SIGHUP until the returned task is cancelled.
    ///
    /// - Parameter onFirst: tells the user that the end has begun.
    /// - Returns: the task that listens.
    package func watchSignals(onFirst: @escaping @Sendable () -> Void) async -> Task<Void, Never> {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        return Task {
            for await _ in signals {
                if self.request() {
                    onFirst()
                } else {
                    // Children end by themselves: their standard input ends with this process.
                    _exit(CommandStatus.interrupted.rawValue)
                }
            }
        }
    }
}

/// How many event loops a run has.
enum LoopCount {
    /// One core is left to the backend; never more than rooms, and at least one, unless the profile gives a number.
    static func of(_ profile: Profile, rooms: Int) -> Int {
        let rooms = max(1, rooms)
        switch profile.generator.loops {
        case .auto: return min(max(1, ProcessInfo.processInfo.activeProcessorCount - 1), rooms)
        case .count(let count): return min(max(1, count), rooms)
        }
    }
}

/// Wall-clock times as reports write them.
enum Timestamp {
    /// ISO 8601 in UTC with milliseconds.
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
