import Backends
import Fleet
import Foundation
import Measure
import NIOCore
import Signaling
import Simulation
import Workload

@testable import Harness

/// A run against a server that lies, in virtual time: its report, and the server's own log beside it.
struct LyingRun {
    var profile = Profile()
    var backend = "relay"
    var links = LinkOptions()
    var reconnect = ReconnectPolicy.none
    var options: [String: String] = [:]
    /// Instead of an embedded server a broker that acknowledges so late.
    var acknowledges: TimeAmount?
    /// Makes the server a liar; gets the network, too.
    var lie: (LyingServer, Simulation) -> Void = { _, _ in }

    static let runID: UInt32 = 0xC0FF_EE00

    /// Twelve members in rooms of three, who call and talk.
    init() {
        self.profile.agents = 12
        self.profile.rooms.layout = .size(3)
        self.profile.arrival.pattern = .burst
        self.profile.calls.when = .present
        self.profile.calls.gap = .seconds(1)
        self.profile.signaling.candidates = .init(offerer: 2, answerer: 2)
        self.profile.signaling.pacing = .none
        self.profile.signaling.timeout = .seconds(2)
        self.profile.chatter?.rate = .init(perSecond: 2)
        self.profile.chatter?.bytes = 50
        self.profile.phases.warmup = .seconds(1)
        self.profile.phases.steady = .seconds(10)
    }

    /// What came of it.
    struct Outcome {
        var metrics: [String: Double]
        var log: LyingServer.Log
        var links: LinkLog
        var fleet: FleetOutcome
        var verdict: Verdict
        var validity: Validity
        /// Cases, checks and gates that decided it.
        var because: [String]
    }

    struct NeverEnded: Error {}

    func play() throws -> Outcome {
        let log = LinkLog()
        // The links' log reads WebSocket and would look for the end of an HTTP head in every byte of MQTT.
        let simulation = Simulation(seed: 11, links: self.links, log: self.acknowledges == nil ? log : nil)
        let server = try self.serve(in: simulation)
        let scheme = BackendCatalogue.descriptor(for: self.backend)?.schemes.first ?? ""
        let settings = BackendSettings(
            id: self.backend, url: try BackendURL.parse("\(scheme)://server/"), options: self.options,
            connectTimeout: 5_000_000_000,
            reconnect: self.reconnect)
        let plan = Planner.plan(self.profile, seed: self.profile.seed)
        let configuration = CellConfiguration(
            plan: plan, profile: self.profile, settings: settings,
            capabilities: try BackendCatalogue.capabilities(settings), runID: Self.runID, loops: 1, isSimulated: true)
        let loop = simulation.loop
        let recorder = RunRecorder(sampler: ProcessSampler(backend: nil), printer: ProgressPrinter(mode: .quiet))
        let done = FleetRun(configuration, network: simulation.network).start(
            on: [loop], beforeClosing: { loop.makeSucceededVoidFuture() }, onSnapshot: recorder.take)
        let limit = TimeAmount.nanoseconds(plan.phases.drainLimit) + .minutes(2)
        guard let ended = simulation.run(until: done, within: limit) else { throw NeverEnded() }
        let outcome = try ended.get()
        let truth = server.log()
        simulation.run(for: .seconds(3))
        _ = server.loop.end(within: .milliseconds(1_500))
        simulation.run(for: .seconds(5))
        var series = recorder.series
        series.phases = outcome.phases.map { .init(name: $0.phase.rawValue, start: $0.start, end: $0.end) }
        return try self.judged(outcome, series, truth, log, configuration)
    }

    /// Starts the server, and says how to read its log.
    private func serve(in simulation: Simulation) throws -> (loop: any ServerLoop, log: () -> LyingServer.Log) {
        if let acknowledges {
            let broker = LateBroker(on: simulation.loop, delay: acknowledges)
            simulation.network.listen(at: "server", broker)
            return (broker, { LyingServer.Log(taken: broker.taken, said: broker.said, waited: broker.waited) })
        }
        var options = ServerOptions()
        options.seed = 5
        let inner = try EmbeddedServers.make(id: self.backend, options: options, on: simulation.loop)
        let server = LyingServer(inner, on: simulation.loop)
        simulation.network.listen(at: "server", server)
        self.lie(server, simulation)
        return (server, { server.log })
    }

    /// The verdict as a run outside of virtual time gets it.
    private func judged(
        _ fleet: FleetOutcome, _ series: SeriesReport, _ truth: LyingServer.Log, _ links: LinkLog,
        _ configuration: CellConfiguration
    ) throws -> Outcome {
        let plan = configuration.plan
        var fleet = fleet
        // A virtual clock never lags, and nothing probes it.
        fleet.samples.record(.loopLag, 0)
        let samples = fleet.samples
        let metrics = MetricAssembly(
            samples: samples, facts: RunFacts(agents: plan.agents.count, rooms: plan.rooms.count),
            drainMilliseconds: self.profile.phases.drain.seconds * 1000
        ).metrics()
        let run = FinishedRun(
            outcome: fleet, series: series, fanout: IntervalClusters(), usage: [],
            capabilities: configuration.capabilities, url: "", startedAt: Date())
        let validity = RunValidity.judge(
            run, series: run.series, profile: self.profile, agents: plan.agents.count, facts: MachineFacts.read())
        let negotiations = NegotiationAssembly(
            pairs: samples.pairs, origin: fleet.startedAt, roomNames: plan.rooms.map(\.name),
            hasByes: self.profile.leave == .bye
        ).report()
        let contract = RunContract.judge(
            metrics: metrics, failures: negotiations.failures, profile: self.profile,
            capabilities: configuration.capabilities)
        let gates = try self.profile.gates.map { try Gate.parse($0).judged(against: metrics) }
        var isLost = false
        if case .backendLost = fleet.ending { isLost = true }
        let isCut = samples.outages.contains { $0.isForGood }
        let verdict = Verdict.of(
            gates: gates, contract: contract, validity: validity, backendLost: isLost, connectionsLost: isCut)
        var because = contract.filter { $0.verdict == .broken }.map(\.case)
        because += gates.filter { $0.verdict != .pass }.map { "`\($0.gate.text)`" }
        because += validity.checks.filter { $0.fit == false }.map(\.name)
        if isLost { because.append("backend lost") } else if isCut { because.append("connections lost") }
        return Outcome(
            metrics: metrics, log: truth, links: links, fleet: fleet, verdict: verdict, validity: validity,
            because: because)
    }
}
