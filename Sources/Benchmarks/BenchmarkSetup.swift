import Backends
import Fleet
import Signaling
import Workload

/// The workload that both benchmarks share.
enum BenchmarkSetup {
    /// One room without negotiations.
    static func configuration(
        backend: String = "relay", options: [String: String] = [:], agents: Int, url: String, chatter: Double,
        steady: Int64
    ) throws -> CellConfiguration {
        var profile = Profile()
        profile.agents = agents
        profile.rooms.layout = .size(agents)
        profile.rooms.prefix = ""
        profile.arrival.pattern = .burst
        profile.calls.when = .present
        profile.calls.callers = .count(1)
        profile.signaling.strategy = .seed
        profile.signaling.maxConnections = .count(1)
        profile.signaling.candidates = .init(offerer: 1, answerer: 0)
        if chatter > 0 {
            profile.chatter?.rate = .init(perSecond: chatter)
        } else {
            profile.chatter = nil
        }
        profile.phases.warmup = .zero
        profile.phases.steady = .seconds(steady)
        profile.leave = .vanish
        let settings = BackendSettings(id: backend, url: try BackendURL.parse(url), options: options)
        return CellConfiguration(
            plan: Planner.plan(profile, seed: 1), profile: profile, settings: settings,
            capabilities: try BackendCatalogue.capabilities(settings), runID: 0xBE_4C_00_01, loops: 1)
    }
}
