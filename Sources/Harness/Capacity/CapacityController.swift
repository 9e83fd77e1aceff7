import Foundation
import Measure
import Reporting
package import Workload

/// What a user asks `capacity` for.
package struct CapacityRequest: Sendable {
    /// Profile, overrides, backend, folder and command line, as for a run.
    package var run = RunRequest()
    package var axis: CapacityAxis
    /// Gates that a load has to meet.
    package var slo: [String]
    package var start: Double?
    package var least: Double?
    package var most: Double?
    package var width = 0.05
    package var needed = 2
    package var confirmations = 3
    /// The steady phase of a short trial; absent: a quarter of the profile's, at least a second.
    package var short: Profile.Duration?
    package var coolDown = Profile.Duration.seconds(1)
    package var mostTrials = 100
    /// The folder of a search to go on with.
    package var resume: String?

    package init(axis: CapacityAxis, slo: [String]) {
        self.axis = axis
        self.slo = slo
    }
}

/// Searches for the highest load that meets the goals, one run after another, each in a folder of its own.
package struct CapacityController: Sendable {
    private let request: CapacityRequest
    private let own: String
    private let printer: ProgressPrinter

    /// Prepares a search.
    ///
    /// - Parameters:
    ///   - request: what the user asked for.
    ///   - own: the path of this program, which embedded backends are started from.
    ///   - printer: where progress goes.
    package init(request: CapacityRequest, own: String, printer: ProgressPrinter) {
        self.request = request
        self.own = own
        self.printer = printer
    }

    /// How a search ended, and where it is written.
    package struct Outcome: Sendable {
        package var report: CapacityReport
        package var folder: String
        package var isInterrupted: Bool

        /// 0 with a bracket or a lower bound, 2 when no load is confirmed, not even the least.
        package var status: CommandStatus {
            if self.isInterrupted { return .interrupted }
            switch self.report.answer?.kind {
            case .bracket, .atLeast: return .pass
            case .below, .unknown, .unfinished, nil: return .invalid
            }
        }
    }

    /// Searches.
    ///
    /// - Returns: the answer, or what is known when the user ended it.
    /// - Throws: `HarnessError` for every mistake that is found before anything starts, or when a trial cannot run.
    package func run() async throws -> Outcome {
        DescriptorLimit.raise()
        let base = try self.profile([])
        let gates = try self.gates()
        let (folder, begun) = try self.begin(base)
        var report = begun
        let interruption = Interruption()
        let printer = self.printer
        let signals = await interruption.watchSignals {
            printer.note("interrupted: the trial ends in order; --resume goes on with the search")
        }
        defer { signals.cancel() }
        let setup = RunSetup(
            command: self.request.run.command, interruption: interruption, printer: ProgressPrinter(mode: .quiet),
            writesHTML: self.request.run.writesHTML)
        while case .trial(let load, let length) = report.search.next {
            if !report.trials.isEmpty {
                try? await Task.sleep(for: .nanoseconds(self.request.coolDown.nanoseconds))
            }
            if interruption.isRequested { return Outcome(report: report, folder: folder.path, isInterrupted: true) }
            guard
                let entry = try await self.trial(
                    load, length, number: report.trials.count + 1, base: base, gates: gates, setup: setup,
                    folder: folder)
            else { return Outcome(report: report, folder: folder.path, isInterrupted: true) }
            report.trials.append(entry)
            try self.write(report, to: folder)
            self.printer.note(Self.line(entry, of: report))
        }
        if case .done(let answer) = report.search.next {
            report.answer = answer
            report.line = report.sentence(answer)
            report.law = self.law(report, seed: base.seed)
            report.publishCost = self.publishCost(report)
            report.knee = self.knee(report)
            report.settle(answer)
            report.exhaustion = report.exhaustion(answer)
        }
        report.finishedAt = Timestamp.text(Date())
        try self.write(report, to: folder)
        return Outcome(report: report, folder: folder.path, isInterrupted: false)
    }

    // MARK: - Before the first trial

    /// The profile with its backend, and with more flags behind the user's.
    private func profile(_ more: [ProfileReader.Override]) throws(HarnessError) -> Profile {
        let backends = self.request.run.backends
        let overrides = BackendOverrides(self.request.run.overrides, backends: backends)
        var profile = try RunSetup.profile(
            self.request.run.profile, own: self.own, overrides: overrides.profile + more)
        if let backend = backends.first {
            let chosen = try overrides.apply(to: [try BackendChoice.apply(backend, to: profile)])
            profile = chosen.first ?? profile
        }
        profile.verdict = .gates
        profile.gates = self.request.slo
        return BackendChoice.completed(profile)
    }

    private func gates() throws(HarnessError) -> [Gate] {
        let (gates, errors) = Gate.parseAll(self.request.slo)
        if let error = errors.first {
            throw HarnessError(
                .badFlag, "--slo: \(error.message)",
                cure: error.suggestion.map { "did you mean '\($0)'?" } ?? "see 'signalbench list metrics'", cause: error
            )
        }
        guard !gates.isEmpty else {
            throw HarnessError(
                .badFlag, "a capacity is that of a goal: --slo is missing",
                cure: "for example --slo 'fanout.latency.p99 < 50ms'")
        }
        return gates
    }

    private func settings(_ base: Profile) throws(HarnessError) -> CapacitySearch.Settings {
        let request = self.request
        guard var settings = request.axis.settings(base) else {
            throw HarnessError(
                .badFlag, "--axis \(request.axis.rawValue) needs rooms of one size",
                cure: "give --set rooms.size=4 in place of rooms.count or rooms.sizes")
        }
        if request.axis == .messageRate, base.chatter == nil {
            throw HarnessError(
                .badFlag, "--axis messageRate needs chatter, and the profile has none",
                cure: "give --set chatter.rate=1/s")
        }
        settings.least = request.least ?? settings.least
        settings.most = request.most ?? settings.most
        settings.start = min(max(request.start ?? settings.start, settings.least), settings.most)
        settings.width = request.width
        settings.needed = request.needed
        settings.confirmations = request.confirmations
        settings.mostTrials = request.mostTrials
        let isPossible =
            settings.least > 0 && settings.least < settings.most && settings.width > 0 && settings.width.isFinite
            && (1...settings.confirmations).contains(settings.needed) && settings.mostTrials > 0
        guard isPossible else {
            throw HarnessError(
                .badFlag, "the search's flags contradict each other",
                cure: "0 < --min < --max, 0 < --width, --confirm m/n with m of at most n, --trials of at least 1")
        }
        return settings
    }

    /// A new search, or the one to go on with.
    private func begin(_ base: Profile) throws -> (ReportFolder, CapacityReport) {
        let full = base.phases.steady.seconds
        let report = CapacityReport(
            tool: ToolVersion.text, command: self.request.run.command, profile: base.name, backend: base.backend.id,
            axis: self.request.axis, slo: self.request.slo, settings: try self.settings(base),
            shortSeconds: self.request.short?.seconds ?? min(full, max(1, full / 4)), fullSeconds: full,
            comparableDigest: base.comparableDigest, startedAt: Timestamp.text(Date()),
            cores: ProcessInfo.processInfo.activeProcessorCount)
        _ = try RunSetup.placement(of: base, agents: base.agents, own: self.own, note: self.printer.note)
        guard let path = self.request.resume else {
            let out = self.request.run.out
            let folder =
                try out.map { try ReportFolder(taking: $0) }
                ?? ReportFolder(below: "Reports", profile: base.name + "-capacity", backend: base.backend.id)
            return (folder, report)
        }
        var before = try CapacityFile.read(path)
        guard report.isContinuation(of: before) else {
            throw HarnessError(
                .badFlag, "the search in '\(path)' was for something else: \(before.command.joined(separator: " "))",
                cure: "give the same profile and flags as there, and --resume")
        }
        before.settings = report.settings
        return (try ReportFolder(taking: path), before)
    }

    /// `capacity.json`, and beside it the page.
    private func write(_ report: CapacityReport, to folder: ReportFolder) throws {
        do {
            let json = try ReportCoding.encoder(isPretty: true).encode(report)
            try json.write(to: URL(filePath: folder.path + "/" + CapacityFile.name), options: .atomic)
            guard self.request.run.writesHTML else { return }
            let page = try CapacityPage.render(report, hasPages: true)
            try Data(page.utf8).write(to: URL(filePath: folder.path + "/" + CapacityFile.page), options: .atomic)
        } catch {
            throw HarnessError(
                .unwritableOutput, "cannot write the search to \(folder.path): \(error)",
                cure: "make room and go on with --resume", cause: error)
        }
    }

    // MARK: - One trial

    /// Runs one load; nil when the user ended it.
    private func trial(
        _ load: Double, _ length: CapacityTrial.Length, number: Int, base: Profile, gates: [Gate], setup: RunSetup,
        folder: ReportFolder
    ) async throws -> CapacityReport.Entry? {
        var keys = self.request.axis.keys(load, base: base)
        if length == .short {
            let short = self.request.short ?? Self.short(of: base.phases.steady)
            keys.append(("phases.steady", short.text))
        }
        let name = "trial-\(String(repeating: "0", count: number < 100 ? number < 10 ? 2 : 1 : 0))\(number)"
        let began = Date()
        var entry = CapacityReport.Entry(
            trial: CapacityTrial(load: load, length: length, outcome: .limited), folder: name, seconds: 0, agents: 0)
        entry.load = load
        entry.verdict = .limited
        let profile: Profile
        let placement: BackendPlacement
        do {
            profile = try self.profile(
                keys.map { .init(path: $0.path, value: $0.value, source: "\($0.path)=\($0.value)", isLiteral: true) })
            placement = try RunSetup.placement(of: profile, agents: profile.agents, own: self.own)
        } catch let error as HarnessError {
            // A profile may not ask for so much, or has no accounts for so many: no fault of the backend's.
            entry.trial.limit = error.message
            return entry
        }
        let plan = Planner.plan(profile, seed: base.seed &+ UInt64(number))
        let goals = GoalWatch(gates, plan: plan)
        var setup = setup
        setup.goals = goals
        let report = try await setup.run(
            profile, plan: plan, gates: gates, placement: placement, folder: try folder.folder(name))
        let result = report.document.result
        let lost = goals.lost
        if setup.interruption.isRequested || result.verdict == .interrupted && lost == nil { return nil }
        if let error = report.error, error.code != .tooFewResources { throw error }
        entry.seconds = Date().timeIntervalSince(began)
        entry.agents = profile.agents
        entry.trial = TrialVerdict.of(result, load: load, length: length)
        if let lost, entry.trial.outcome != .limited {
            // Of a trial that was cut short, only what cut it short is known.
            entry.trial.outcome = .fail
            entry.trial.missed = [lost.text]
            entry.endedEarly = true
        }
        let metrics = result.metrics
        entry.verdict = entry.trial.outcome
        let kept = Set(CapacityReport.keptMetrics + gates.map(\.metric))
        entry.metrics = metrics.filter { kept.contains($0.key) }
        entry.deliveriesPerSecond = metrics["deliveries.total"].flatMap { total in
            let seconds = result.series.phases.map(\.end).max() ?? 0
            return seconds > 0 ? total / seconds : nil
        }
        entry.fanoutP99 = metrics["fanout.latency.p99"] ?? metrics["fanout.signaling.latency.p99"]
        entry.completion = metrics["negotiation.completion"]
        entry.backendCPU = metrics["backend.cpu"]
        entry.generatorCPU = metrics["generator.cpu"]
        if let speed = metrics["backend.deliveriesPerCpuSecond"], let sent = metrics["messages.sent"],
            let deliveries = metrics["deliveries.total"], speed > 0, sent > 0
        {
            entry.publishMicroseconds = deliveries / speed / sent * 1e6
        }
        entry.cause = result.causes?.first?.line
        return entry
    }

    private static func short(of steady: Profile.Duration) -> Profile.Duration {
        min(steady, max(.seconds(1), Profile.Duration(nanoseconds: steady.nanoseconds / 4)))
    }

    private static func line(_ entry: CapacityReport.Entry, of report: CapacityReport) -> String {
        let trial = entry.trial
        let why = trial.limit ?? trial.missed.first
        return "trial \(report.trials.count): \(report.axis.text(trial.load)), \(trial.length.rawValue): "
            + trial.outcome.rawValue + (why.map { " (\($0))" } ?? "") + " · " + report.progress
    }

    private func publishCost(_ report: CapacityReport) -> PublishCost? {
        guard report.axis == .roomSize else { return nil }
        let points = report.trials.compactMap { entry in
            entry.trial.outcome == .limited
                ? nil
                : entry.publishMicroseconds.map { PublishCost.Point(members: entry.trial.load, microseconds: $0) }
        }
        return PublishCost(points)
    }

    private func law(_ report: CapacityReport, seed: UInt64) -> ScalabilityLaw? {
        ScalabilityLaw(self.throughput(report), seed: seed)
    }

    private func knee(_ report: CapacityReport) -> Knee? { Knee(self.throughput(report)) }

    /// Throughput over what bears the load; the rates are of the whole trial, so only counts that hold still qualify.
    private func throughput(_ report: CapacityReport) -> [ScalabilityLaw.Point] {
        guard [.rooms, .agents].contains(report.axis) else { return [] }
        return report.trials.compactMap { entry in
            entry.trial.outcome == .limited || entry.endedEarly == true
                ? nil
                : entry.deliveriesPerSecond.map { ScalabilityLaw.Point(load: entry.trial.load, throughput: $0) }
        }
    }
}

/// What a run says of its load.
enum TrialVerdict {
    /// Checks that speak of the backend although they make a run invalid.
    private static let backends: Set = ["agents", "samples", "broker's own count", "latencies below zero"]

    static func of(_ result: RunResult, load: Double, length: CapacityTrial.Length) -> CapacityTrial {
        var missed = result.gates.filter { $0.verdict != .pass }.map(\.gate.text)
        var trial = CapacityTrial(load: load, length: length, outcome: .pass)
        let unfit = result.validity.checks.filter { $0.fit == false && !Self.backends.contains($0.name) }
        let asked = result.metrics["agents.requested"] ?? 0
        let isTooFew = (result.metrics["agents.connected"] ?? 0) < asked
        if isTooFew { missed.append("agents connected") }
        let isRefusedHere = result.validity.checks.isEmpty && !result.validity.fit
        if let check = unfit.first {
            // The generator's lag makes latencies look worse than they are, and never better.
            let isHarmless = missed.isEmpty && check.name != "CPU quota" && check.name != "unsent messages"
            if !isHarmless {
                trial.outcome = .limited
                trial.limit = check.explanation
                return trial
            }
        }
        if isRefusedHere {
            trial.outcome = .limited
            trial.limit = result.validity.reasons.first
            return trial
        }
        // A goal without samples proves nothing in a short trial: what is rare has not come yet.
        if length == .short, result.gates.contains(where: { $0.verdict == .invalid }) {
            missed = result.gates.filter { $0.verdict == .fail }.map(\.gate.text)
        }
        trial.outcome = missed.isEmpty && result.verdict != .fail ? .pass : .fail
        trial.missed = missed
        return trial
    }
}

/// The file of a search.
package enum CapacityFile {
    static let name = "capacity.json"
    static let page = "capacity.html"

    /// Reads it.
    ///
    /// - Parameter path: the folder of the search, or the file itself.
    /// - Returns: the search.
    /// - Throws: `HarnessError` (unreadable file, bad result).
    package static func read(_ path: String) throws(HarnessError) -> CapacityReport {
        let file = path.hasSuffix(".json") ? path : path + "/" + Self.name
        guard let data = FileManager.default.contents(atPath: file) else {
            throw HarnessError(.unreadableFile, "cannot read '\(file)'", cure: "give the folder of a capacity search")
        }
        do {
            return try JSONDecoder().decode(CapacityReport.self, from: data)
        } catch {
            throw HarnessError(
                .badResult, "'\(file)' is not a search of signalbench", cure: "give the folder of a capacity search",
                cause: error)
        }
    }
}
