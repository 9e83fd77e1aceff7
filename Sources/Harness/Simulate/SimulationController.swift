import Backends
import Fleet
import Foundation
import Measure
import NIOCore
import Reporting
import Simulation
import Synchronization
import Workload

/// Plays a profile in virtual time over a simulated network, and reports it as a run, marked as simulated.
package struct SimulationController: Sendable {
    private let request: SimulationRequest
    private let own: String
    private let printer: ProgressPrinter

    /// Agents of one part of a run without a service law: enough to keep a processor busy, few enough for memory.
    private static let partAgents = 4_000
    /// Time of the wall between two notes about parts.
    private static let noteInterval = Duration.seconds(10)

    /// - Parameters:
    ///   - request: what the user asked for.
    ///   - own: the path of this program, beside which the shipped profiles are.
    ///   - printer: where progress goes.
    package init(request: SimulationRequest, own: String, printer: ProgressPrinter) {
        self.request = request
        self.own = own
        self.printer = printer
    }

    /// Plays it.
    ///
    /// - Returns: how it ended, and where the report is.
    /// - Throws: `HarnessError` for every mistake that is found before it starts.
    package func run() async throws -> RunOutcome {
        let overrides = BackendOverrides(self.request.run.overrides, backends: self.request.run.backends)
        var profile = try RunSetup.profile(self.request.run.profile, own: self.own, overrides: overrides.profile)
        if let backend = self.request.run.backends.first { profile = try BackendChoice.apply(backend, to: profile) }
        profile = BackendChoice.completed(try overrides.apply(to: [profile])[0])
        let simulated = try self.simulated(profile)
        let folder =
            if let out = self.request.run.out {
                try ReportFolder(taking: out)
            } else {
                try ReportFolder(
                    below: "Reports", profile: profile.name, backend: "\(profile.backend.id)-simulated")
            }
        let facts = MachineFacts.read()
        let assembly = ResultAssembly(
            profile: profile, plan: simulated.plan, gates: Gate.parseAll(profile.gates).gates,
            environment: EnvironmentReport(command: self.request.run.command, facts: facts), facts: facts,
            placement: .running(url: ""), isSimulated: true)
        let interruption = Interruption()
        let printer = self.printer
        let signals = await interruption.watchSignals {
            printer.note("interrupted: the run ends in order; once more ends it at once")
        }
        defer { signals.cancel() }
        let finished = try self.play(simulated, interruption)
        printer.finish()
        let document = try ReportDocument(result: assembly.result(finished), profile: profile.redacted)
        try ReportFiles(folder: folder, writesHTML: self.request.run.writesHTML).write(document)
        return RunOutcome(
            reports: [.init(document: document, folder: folder.path, error: nil)], comparison: nil)
    }

    /// The profile with the models of the request.
    private func simulated(_ profile: Profile) throws -> SimulatedRun {
        guard let descriptor = BackendCatalogue.descriptor(for: profile.backend.id), descriptor.embedded else {
            throw HarnessError(
                .badFlag, "\(profile.backend.id) has no embedded server, and only those can be simulated",
                cure: "simulate one of \(BackendCatalogue.all.filter(\.embedded).map(\.id).joined(separator: ", "))")
        }
        guard profile.backend.url == nil, profile.backend.launch == nil else {
            throw HarnessError(
                .badFlag, "a simulated run has a server of its own, and the backend names one elsewhere",
                cure: "give the id alone: --backend \(profile.backend.id)")
        }
        let settings = try BackendSettings(profile: profile.backend, url: nil)
        var run = SimulatedRun(profile)
        run.backend = profile.backend.id
        run.options = settings.options
        run.server.echo = settings.options["echo"] == "true"
        if let delay = settings.options["delay"] { run.server.delay = OptionReader.nanoseconds(delay) ?? 0 }
        run.connectTimeout = settings.connectTimeout
        run.joinGrace = settings.joinGrace
        run.reconnect = settings.reconnect
        run.seed = profile.seed
        run.faults = try SimulationModel.faults(profile)
        if let link = self.request.link { run.links = try SimulationModel.link(link) }
        switch (self.request.service, self.request.law) {
        case (let text?, nil): run.service = try SimulationModel.service(text)
        case (nil, let path?): run.service = try SimulationModel.law(path)
        case (nil, nil): break
        case (_?, _?):
            throw HarnessError(
                .badFlag, "--service and --law both say what the server's work costs", cure: "give one of them")
        }
        return run
    }

    /// Plays it in as many parts as it may have.
    private func play(_ run: SimulatedRun, _ interruption: Interruption) throws -> FinishedRun {
        let agents = run.profile.agents
        // With a service law all rooms wait in one queue.
        let count = run.service == nil ? min((agents + Self.partAgents - 1) / Self.partAgents, run.plan.rooms.count) : 1
        let parts = SimulatedParts(
            run, count: count, processors: ProcessInfo.processInfo.activeProcessorCount)
        let printer = self.printer
        let said = Mutex(ContinuousClock.now)
        let merged = try parts.play(isCancelled: { interruption.isRequested }) { done, snapshot in
            guard count > 1 else {
                return printer.show(RunRecorder.figures(snapshot, deliveries: Double(snapshot.offered)))
            }
            // Parts are at different times of the same plan, so none of them says how far the run is.
            let isDue = said.withLock { last in
                guard ContinuousClock.now - last >= Self.noteInterval else { return false }
                last = .now
                return true
            }
            if isDue { printer.note("\(done) of \(count) parts of the plan are played") }
        }
        guard let merged else {
            throw HarnessError(.interrupted, "interrupted before anything was played", cure: "")
        }
        let recorder = RunRecorder(sampler: ProcessSampler(backend: nil), printer: ProgressPrinter(mode: .quiet))
        for snapshot in merged.snapshots { recorder.take(snapshot, usage: nil) }
        let settings = try BackendSettings(profile: run.profile.backend, url: nil)
        return FinishedRun(
            outcome: merged.outcome, series: recorder.series, fanout: recorder.fanout, usage: [],
            capabilities: try BackendCatalogue.capabilities(settings), url: "simulated", pid: nil,
            brokerDeliveries: nil, passed: nil,
            // Virtual time has no date; one that is always the same makes the same report.
            startedAt: Date(timeIntervalSince1970: 0))
    }
}

/// What a user asks `simulate` for.
package struct SimulationRequest: Sendable {
    /// The profile with its overrides, one backend at most, and where the report goes.
    package var run = RunRequest()
    /// `--link`; nil for links without delay or limit.
    package var link: String?
    /// `--service`; nil for a server whose work takes no time.
    package var service: String?
    /// `--law`: a capacity search whose measured cost of a publish is the server's.
    package var law: String?

    package init() {}
}
