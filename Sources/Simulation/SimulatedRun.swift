package import Backends
package import Fleet
package import Measure
package import NIOCore
import Signaling
package import Workload

/// A run of a profile in virtual time: the real fleet against an embedded server, over simulated links.
package struct SimulatedRun: Sendable {
    package var profile: Profile
    /// The embedded server, and the dialect that is spoken to it.
    package var backend = Profile().backend.id
    /// The backend's own options.
    package var options: [String: String] = [:]
    package var server = ServerOptions()
    package var links = LinkOptions()
    package var service: ServiceLaw?
    package var reconnect = ReconnectPolicy.none
    package var connectTimeout: Int64 = 10_000_000_000
    package var joinGrace: Int64 = 300_000_000
    package var faults: [PlannedFault] = []
    /// What the delays, the ids of the server and the choice of links come from; the plan has the profile's.
    package var seed: UInt64 = 1
    /// Which part of the plan is played.
    package var shard = Shard.whole

    /// A defect that a test plants.
    package var planted: PlantedDefect?
    /// Called with each link when it is open; the client's pipeline is still empty then.
    package var onOpen: (@Sendable (SimulatedLink) -> Void)?

    package init(_ profile: Profile) { self.profile = profile }

    /// One thing that happens to the network at a time.
    package struct PlannedFault: Sendable, Hashable {
        package enum Kind: Sendable, Hashable {
            /// To one link, or to all of them.
            case link(LinkFault, all: Bool)
            /// The server is unreachable for a time.
            case partition(TimeAmount)
            /// Connects are refused for a time.
            case refuse(TimeAmount)
        }

        /// From the start of the run.
        package var at: TimeAmount
        package var kind: Kind

        package init(at: TimeAmount, _ kind: Kind) {
            self.at = at
            self.kind = kind
        }
    }

    /// What came of it, and the truth beside it.
    package struct Result {
        package var outcome: FleetOutcome
        package var log: LinkLog
        package var leaks: Simulation.Leaks
        /// Of the server.
        package var counters: ServerCounters
        package var connects: Int
        /// Tasks that the loop ran.
        package var steps: Int
        /// Virtual time that it took.
        package var time: TimeAmount
        /// Members by the seconds from T0, once a second.
        package var presence: [(at: Double, connected: Int)]

        /// A hash over all that was measured and all that truly happened: the same for the same run, in any process.
        package var digest: UInt64 {
            let samples = self.outcome.samples
            let measured =
                "\(samples.traffic) \(samples.session) \(samples.ledger) \(samples.pairs.map { "\($0.progress)" }) "
                + "\(samples.probes.map { ($0.delta, $0.censored, $0.censoredAge) }) \(self.outcome.duration)"
            let happened = "\(self.log.sent) \(self.log.received) \(self.connects) \(self.steps) \(self.presence)"
            return FNV1a.hash((measured + happened).utf8)
        }
    }

    /// Why there is no result.
    package enum Failure: Error, CustomStringConvertible {
        /// Virtual time ran out, or nothing was left to wait for.
        case neverEnded

        package var description: String { "the run did not end by itself" }
    }

    package var plan: Plan { Planner.plan(self.profile, seed: self.profile.seed) }

    /// Plays it on the calling thread.
    ///
    /// - Parameters:
    ///   - plan: ``plan``, when it is made already.
    ///   - log: sees all bytes.
    ///   - onSnapshot: called once a virtual second.
    ///   - isCancelled: asked as often; the run then ends in order, as interrupted.
    /// - Returns: what was measured and what truly happened.
    /// - Throws: ``Failure``, or what the server or the settings say.
    package func play(
        _ plan: Plan? = nil, log: LinkLog = LinkLog(),
        onSnapshot: @escaping @Sendable (FleetSnapshot) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> Result {
        let seed = self.shard.isWhole ? self.seed : SplitMix64.mix(self.seed, UInt64(self.shard.index))
        let simulation = Simulation(seed: seed, links: self.links, log: log)
        let server = try simulation.serve(self.backend, options: self.server, service: self.service)
        let scheme = BackendCatalogue.descriptor(for: self.backend)?.schemes.first ?? ""
        let settings = BackendSettings(
            id: self.backend, url: try BackendURL.parse("\(scheme)://server/"), options: self.options,
            connectTimeout: self.connectTimeout, joinGrace: self.joinGrace, reconnect: self.reconnect)
        let plan = plan ?? self.plan
        let configuration = CellConfiguration(
            plan: plan, profile: self.profile, settings: settings,
            capabilities: try BackendCatalogue.capabilities(settings), runID: 0xC0FF_EE00, loops: 1,
            shard: self.shard, isSimulated: true, planted: self.planted)
        var fleet: FleetRun? = FleetRun(configuration, network: simulation.network)
        self.scheduleFaults(in: simulation)
        simulation.network.onOpen = self.onOpen
        let presence = NIOLoopBound(PresenceLog(), eventLoop: simulation.loop)
        let start = simulation.loop.now
        let loop = simulation.loop
        weak let run = fleet
        guard
            let done = fleet?.start(
                on: [loop], beforeClosing: { loop.makeSucceededVoidFuture() },
                onSnapshot: {
                    presence.value.entries.append(($0.elapsed, $0.connected))
                    onSnapshot($0)
                    if isCancelled() { run?.interrupt() }
                })
        else { throw Failure.neverEnded }
        fleet = nil
        let limit = TimeAmount.nanoseconds(plan.phases.drainLimit) + .minutes(2)
        guard let outcome = simulation.run(until: done, within: limit) else { throw Failure.neverEnded }
        let time = loop.now - start
        let counters = server.counters
        // The fleet has to close its connections by itself, with or without an answer.
        simulation.run(for: .seconds(3))
        let clients = simulation.network.openClients
        var leaks = simulation.finish(within: .nanoseconds(self.connectTimeout) + .seconds(5))
        leaks.clients = clients
        leaks.runs = run == nil ? 0 : 1
        return Result(
            outcome: try outcome.get(), log: log, leaks: leaks, counters: counters,
            connects: simulation.network.connects, steps: loop.steps, time: time,
            presence: presence.value.entries)
    }

    private final class PresenceLog {
        var entries: [(at: Double, connected: Int)] = []
    }

    private func scheduleFaults(in simulation: Simulation) {
        let loop = simulation.loop
        let network = simulation.network
        for (number, fault) in self.faults.enumerated() {
            let draw = SplitMix64.mix(self.seed, UInt64(1_000 + number))
            loop.at(loop.now + fault.at) {
                switch fault.kind {
                case .link(let kind, all: true): network.suffer(kind)
                case .link(let kind, all: false):
                    let links = network.links
                    if !links.isEmpty { links[Int(draw % UInt64(links.count))].suffer(kind) }
                case .partition(let time):
                    network.partition("server")
                    loop.at(loop.now + time) { network.repair("server") }
                case .refuse(let time):
                    network.answer("server", .refuse)
                    loop.at(loop.now + time) { network.answer("server", .accept) }
                }
            }
        }
    }
}

@available(*, unavailable)
extension SimulatedRun.Result: Sendable {}
