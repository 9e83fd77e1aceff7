import Backends
import Fleet
import Measure
import NIOCore
import NIOPosix
import Signaling
import Workload

/// One small run against an embedded server of this process, for tests that look at what a fleet counts.
struct TestRun {
    var profile = Profile()
    var backend = "relay"
    var echo = false
    /// Nanoseconds that the server adds to every delivery.
    var delay: Int64 = 0
    var loops = 1
    /// The command of an adapter through which the server is reached; its URL is put behind.
    var adapter: String?

    /// Everybody present, calls one after another, no think time, no chatter, nothing measured beyond the calls.
    init(agents: Int, roomSize: Int, candidates: Int) {
        self.profile.agents = agents
        self.profile.rooms.layout = .size(roomSize)
        self.profile.arrival.pattern = .burst
        self.profile.calls.when = .present
        self.profile.calls.gap = .milliseconds(200)
        self.profile.signaling.candidates = .init(offerer: candidates, answerer: candidates)
        self.profile.signaling.payload = .sized(.init(offer: 1200, answer: 1100, candidate: 110))
        self.profile.signaling.pacing = .none
        self.profile.signaling.timeout = .seconds(30)
        self.profile.chatter = nil
        self.profile.phases.warmup = .zero
        self.profile.phases.steady = .milliseconds(300)
        self.profile.phases.drain = .seconds(5)
    }

    var plan: Plan { Planner.plan(self.profile, seed: self.profile.seed) }

    func run(onSnapshot: @escaping @Sendable (FleetSnapshot) -> Void = { _ in }) async throws -> FleetOutcome {
        let server = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var options = ServerOptions()
        options.echo = self.echo
        options.delay = self.delay
        let running = try await EmbeddedServers.start(
            id: self.backend, host: "127.0.0.1", port: 0, options: options, group: server)
        var settings = BackendSettings(id: self.backend, url: try BackendURL.parse(running.url))
        if let adapter {
            settings = BackendSettings(id: "exec", url: BackendURL(command: "\(adapter) \(running.url)"))
        }
        if self.echo { settings.options["echo"] = "true" }
        let outcome = try await self.run(against: settings, onSnapshot: onSnapshot)
        await running.shutdown()
        try await server.shutdownGracefully()
        return outcome
    }

    /// The same against a server that runs already.
    func run(
        against settings: BackendSettings, onSnapshot: @escaping @Sendable (FleetSnapshot) -> Void = { _ in }
    ) async throws -> FleetOutcome {
        var configuration = CellConfiguration(
            plan: self.plan, profile: self.profile, settings: settings,
            capabilities: try BackendCatalogue.capabilities(settings), runID: 0xC0FF_EE00, loops: self.loops)
        configuration.settle = 0
        let fleet = FleetRun(configuration)
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: self.loops)
        let outcome = try await fleet.run(on: Array(loops.makeIterator()), onSnapshot: onSnapshot)
        try await loops.shutdownGracefully()
        return outcome
    }
}
