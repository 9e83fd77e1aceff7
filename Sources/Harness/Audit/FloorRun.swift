import Backends
import Fleet
import Measure
import NIOCore
import NIOPosix
import Workload

/// Measures what the instrument adds: a few seconds of a profile's load, in small, against a relay on a thread of this
/// process, over the loopback.
struct FloorRun: Sendable {
    /// What is played.
    let profile: Profile

    /// From this length on a run is preceded by one.
    static let worthwhile: Int64 = 30_000_000_000

    /// Agents that are enough, unless one room has more.
    private static let agents = 40
    /// Deliveries of chatter a second that the small run has at least.
    private static let deliveries = 400.0

    /// - Parameter full: the profile whose floor is wanted; its room sizes, payloads, rates and calls stay.
    init(of full: Profile) {
        var profile = full
        profile.name = "floor of \(full.name)"
        let largest =
            switch full.rooms.layout {
            case .size(let size): size
            case .count(let count): (full.agents + count - 1) / max(1, count)
            case .sizes(let shares): shares.map(\.size).max() ?? 2
            }
        if case .count = full.rooms.layout { profile.rooms.layout = .size(max(1, largest)) }
        profile.rooms.prefix = nil
        profile.agents = min(full.agents, max(Self.agents, largest))
        profile.backend = Profile.Backend()
        profile.arrival.pattern = .constant
        profile.arrival.rate = .init(perSecond: 200)
        // A recording is of as many as it is of.
        if full.signaling.recording != nil {
            (profile.signaling.payload, profile.signaling.pacing) = (.chromium, .recorded)
        }
        if full.calls.when == .recorded { profile.calls.when = .present }
        profile.calls.gap = min(full.calls.gap, .milliseconds(500))
        // As many deliveries as a p99 takes, and still next to no load.
        let others = max(1, min(profile.agents, largest) - 1)
        let enough = Self.deliveries / Double(profile.agents * others)
        profile.chatter?.rate.perSecond = max(full.chatter?.rate.perSecond ?? 0, enough)
        profile.churn = nil
        profile.faults = []
        profile.phases.warmup = .milliseconds(500)
        profile.phases.steady = .seconds(3)
        profile.phases.drain = .seconds(1)
        profile.leave = .vanish
        self.profile = profile
    }

    /// Plays it.
    ///
    /// - Parameter interruption: ends it early.
    /// - Returns: the floor.
    /// - Throws: what the server or the loops throw.
    func measure(_ interruption: Interruption) async throws -> FloorReport {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await EmbeddedServers.start(
            id: "relay", host: "127.0.0.1", port: 0, options: ServerOptions(), group: group)
        let plan = Planner.plan(self.profile, seed: self.profile.seed)
        let count = LoopCount.of(self.profile, rooms: plan.rooms.count)
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: count)
        let result: Result<FleetOutcome, any Error>
        do {
            let settings = BackendSettings(id: "relay", url: try BackendURL.parse(server.url))
            var configuration = CellConfiguration(
                plan: plan, profile: self.profile, settings: settings,
                capabilities: try BackendCatalogue.capabilities(settings), runID: .random(in: 1...UInt32.max),
                loops: count)
            configuration.settle = 0
            let fleet = FleetRun(configuration)
            result = .success(
                try await interruption.whileHandled(by: { fleet.interrupt() }) {
                    try await fleet.run(on: Array(loops.makeIterator()))
                })
        } catch {
            result = .failure(error)
        }
        await server.shutdown()
        try await loops.shutdownGracefully()
        try await group.shutdownGracefully()
        return FloorReport(try result.get().samples)
    }
}
