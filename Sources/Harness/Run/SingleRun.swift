import Backends
import Fleet
import Foundation
import Measure
import NIOCore
import NIOPosix
import Reporting
import Signaling
import Synchronization
import Workload

/// One plan against one backend: launch, load, result, files.
struct SingleRun: Sendable {
    let profile: Profile
    let plan: Plan
    let assembly: ResultAssembly
    let placement: BackendPlacement
    let folder: ReportFolder
    let files: ReportFiles
    let interruption: Interruption
    let printer: ProgressPrinter
    /// Of a part of a divided run; nil for a run of its own.
    var part: ShardRun?
    /// Of a trial that ends when one of its goals is out of reach.
    var goals: GoalWatch?
    /// Whether packets are captured for a second opinion.
    var audits = false
    /// What the instrument takes by itself; nil where it was not measured.
    var floor: FloorReport?

    /// Runs it.
    ///
    /// - Returns: the document as written to the folder, also when the backend could not be reached.
    /// - Throws: `HarnessError` (unwritable output, internal error) when not even a report can be written.
    func run() async throws -> (document: ReportDocument, error: HarnessError?) {
        let date = Date()
        try self.files.writePartial(self.document(self.assembly.partial(at: date)))
        do {
            let finished = try await self.play()
            let result = self.assembly.result(finished)
            let document = try self.document(result)
            self.printer.finish()
            let lost = self.lost(document)
            try self.part?.write(finished, result: result, profile: document.profile)
            return (document, lost)
        } catch let error as HarnessError where [.unwritableOutput, .resultsLost].contains(error.code) {
            throw error
        } catch {
            self.printer.finish()
            self.part?.rendezvous.giveUp(error)
            let failure =
                error as? HarnessError
                ?? HarnessError(
                    .internalError, "internal error: \(error)", cure: "please report this with the command",
                    cause: error)
            return (try self.refuse(failure, at: date), failure)
        }
    }

    /// Writes a finished run; what was measured is not lost with a file that does not fit.
    ///
    /// - Returns: what could not be written; nil when everything was.
    private func lost(_ document: ReportDocument) -> HarnessError? {
        do {
            try self.files.write(document)
            return nil
        } catch {
            let message = (error as? HarnessError)?.message ?? "cannot write the report: \(error)"
            return HarnessError(
                .resultsLost, message,
                cure: message.contains("written: report.json")
                    ? "make room, and write the rest from report.json with 'signalbench report'; the figures are on standard output"
                    : "make room, and run it again; the figures are on standard output, a report.json in the folder is of the run's beginning",
                cause: error)
        }
    }

    /// Writes the report of a run that never came to its load.
    ///
    /// - Parameters:
    ///   - error: why not.
    ///   - date: when it was tried.
    /// - Returns: the document as written to the folder.
    /// - Throws: `HarnessError` (unwritable output).
    func refuse(_ error: HarnessError, at date: Date = Date()) throws -> ReportDocument {
        let document = try self.document(self.assembly.failed(error, at: date))
        try self.files.write(document)
        return document
    }

    private func document(_ result: RunResult) throws -> ReportDocument {
        try ReportDocument(result: result, profile: self.profile.redacted)
    }

    private func play() async throws -> FinishedRun {
        switch self.placement {
        case .running(let url):
            try await self.refuseUnreachable(url)
            return try await self.load(url: url)
        case .launched(let command, let url):
            self.printer.note("starting \(command.shown.joined(separator: " "))")
            let interruption = self.interruption
            let launcher = BackendLauncher(logFolder: self.folder.path)
            let group = try FaultGroup.needed(for: self.profile.faults)
            defer { group?.dissolve() }
            return try await launcher.withBackend(command, isCancelled: { interruption.isRequested }) { backend in
                let sampler = ProcessSampler(backend: backend.pid)
                try group?.admit(backend.pid)
                let process = BackendProcess(
                    backend, command: command, launcher: launcher, faults: self.profile.faults, group: group
                ) { sampler.follow($0.pid) }
                do {
                    let finished = try await self.load(
                        url: url ?? backend.url ?? "", pid: backend.pid, process: process, sampler: sampler)
                    await process.end()
                    return finished
                } catch {
                    await process.end()
                    throw error
                }
            }
        }
    }

    private func refuseUnreachable(_ text: String) async throws {
        let settings = try BackendSettings(profile: self.profile.backend, url: text)
        // A command was tried when its capabilities were asked for.
        if settings.url.command != nil { return }
        let proxy = try ReachOptions(settings).proxy
        let url = proxy ?? settings.url
        if await ServerProbe.isReady(.connect(host: url.host, port: url.port), timeout: .seconds(5)) { return }
        throw HarnessError(
            .unreachable,
            "nothing answers at \(proxy == nil ? "" : "the proxy ")\(url.host):\(url.port) (\(text))",
            cure: proxy == nil
                ? "start the server, or check host and port; --backend \(settings.id) alone brings its own"
                : "start the proxy, or mend backend.proxy")
    }

    /// Plays the plan against a backend that takes connections.
    private func load(
        url: String, pid: Int32? = nil, process: BackendProcess? = nil,
        sampler: ProcessSampler = ProcessSampler(backend: nil)
    ) async throws -> FinishedRun {
        let settings = try BackendSettings(profile: self.profile.backend, url: url)
        let capabilities = try Self.capabilities(settings)
        let shard = self.assembly.shard
        let loops = LoopCount.of(self.profile, rooms: self.plan.rooms(of: shard))
        let interruption = self.interruption
        let start = try await self.part?.rendezvous.meet { interruption.isRequested }
        let audit = self.audits ? try RunAudit(settings, profile: self.profile) : nil
        let faults = try await RunFaults(self.profile, to: settings.url)
        let runID = start?.runID ?? .random(in: 1...UInt32.max)
        let fleet = FleetRun(
            CellConfiguration(
                plan: self.plan, profile: self.profile, settings: settings, capabilities: capabilities, runID: runID,
                loops: loops, shard: shard),
            network: faults?.network)
        let recorder = RunRecorder(sampler: sampler, printer: self.printer, keepsRows: self.part != nil)
        let keeper = PartialKeeper(
            assembly: self.assembly, files: self.files, profile: self.profile, recorder: recorder)
        let watch = process.map { process in
            Task {
                while !Task.isCancelled {
                    if let loss = process.loss { return fleet.backendLost(loss) }
                    try? await Task.sleep(for: .milliseconds(100))
                }
            }
        }
        defer { watch?.cancel() }
        let counting = BrokerCounting(settings)
        // A broker that is killed begins its count again, and what one counts is of all shards together.
        if self.part == nil, !self.profile.faults.contains(where: { $0.kind == .kill || $0.kind == .restart }) {
            await counting.begin()
        }
        if let start { await Rendezvous.sleep(until: start) }
        let goals = self.goals
        let startedAt = Date()
        let began = MonotonicClock.now()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let outcome: FleetOutcome
        do {
            outcome = try await self.interruption.whileHandled(by: { fleet.interrupt() }) {
                try await fleet.run(on: Array(group.makeIterator()), beforeClosing: { await counting.end() }) {
                    snapshot in
                    faults?.keepTime(elapsed: snapshot.elapsed)
                    process?.keepTime(elapsed: snapshot.elapsed)
                    recorder.take(snapshot)
                    keeper.keep(at: snapshot.elapsed)
                    if goals?.isLost(snapshot) == true { fleet.interrupt() }
                }
            }
            try await group.shutdownGracefully()
        } catch {
            await faults?.end()
            _ = audit?.end(nil, run: runID, plan: self.plan)
            try? await group.shutdownGracefully()
            throw error
        }
        await counting.stop()
        let passed = await faults?.end()
        return FinishedRun(
            outcome: outcome, series: recorder.series, fanout: recorder.fanout, signaling: recorder.signaling,
            usage: sampler.samples, capabilities: capabilities,
            url: "\(settings.url)", pid: pid, brokerDeliveries: counting.deliveries,
            brokerClients: counting.clients, passed: passed, throttled: process?.throttledSeconds,
            startedAt: startedAt.addingTimeInterval(Double(outcome.startedAt - began) / 1e9),
            part: start.map { PartFacts(start: $0, rows: recorder.rows, loops: loops) },
            audit: audit?.end(outcome, run: runID, plan: self.plan), floor: self.floor)
    }

    private static func capabilities(_ settings: BackendSettings) throws -> Capabilities {
        do {
            return try BackendCatalogue.capabilities(settings)
        } catch {
            throw BackendChoice.flagError(error)
        }
    }
}
