import Backends
import Measure
import NIOCore
import Signaling
import Workload

/// A random run: who takes part, over which links, and what goes wrong when.
package struct Schedule: CustomStringConvertible, Sendable {
    /// What the faults may be.
    package enum Mode: String, Sendable {
        /// Any fault at any time: what is counted stays true.
        case safety
        /// Faults end well before the run does: everybody is back, and the run ends by itself.
        case liveness
    }

    package var seed: UInt64
    package var mode: Mode
    package var run: SimulatedRun

    private static let relays = BackendCatalogue.all.filter { $0.wire == .relay }.map(\.id)

    /// Expands a seed into a schedule.
    package init(seed: UInt64, mode: Mode) {
        self.seed = seed
        self.mode = mode
        var random = SplitMix64(seed: SplitMix64.mix(seed, mode == .safety ? 1 : 2))
        var profile = Profile()
        profile.seed = random.next() >> 1
        profile.agents = 2 + random.uniform(below: 7)
        profile.rooms.layout = .size(2 + random.uniform(below: 4))
        let patterns: [Profile.Arrival.Pattern] = [.burst, .poisson, .constant]
        profile.arrival.pattern = patterns[random.uniform(below: 3)]
        profile.arrival.rate = .init(perSecond: Double(2 + random.uniform(below: 20)))
        profile.calls.when = random.uniform(below: 2) == 0 ? .join : .present
        profile.calls.gap = .milliseconds(Int64(random.uniform(below: 300)))
        if random.uniform(below: 3) == 0 { profile.calls.spread = .milliseconds(Int64(random.uniform(below: 200))) }
        profile.signaling.strategy = random.uniform(below: 4) == 0 ? .seed : .perfect
        profile.signaling.candidates = .init(offerer: random.uniform(below: 4), answerer: random.uniform(below: 4))
        profile.signaling.payload = .sized(.init(offer: 700, answer: 600, candidate: 110))
        profile.signaling.pacing = random.uniform(below: 3) == 0 ? .recorded : .none
        profile.signaling.timeout = .seconds(2)
        if random.uniform(below: 4) == 0 { profile.signaling.ghostTimeout = .seconds(1) }
        profile.chatter?.rate = .init(perSecond: Double(random.uniform(below: 6)))
        if profile.chatter?.rate.perSecond == 0 { profile.chatter = nil }
        if random.uniform(below: 3) == 0 {
            profile.churn = .init(
                stay: .milliseconds(Int64(300 + random.uniform(below: 2_000))),
                rejoin: .milliseconds(Int64(random.uniform(below: 800))))
        }
        profile.phases.warmup = .milliseconds(500)
        // In the liveness mode there is time for everybody to come back.
        profile.phases.steady = .seconds(mode == .liveness ? 8 : 2)
        profile.phases.drain = .seconds(4)
        profile.leave = random.uniform(below: 2) == 0 ? .bye : .vanish
        var run = SimulatedRun(profile)
        run.seed = random.next() >> 1
        run.backend = Self.relays[random.uniform(below: Self.relays.count)]
        if run.backend == Profile().backend.id, random.uniform(below: 3) == 0 {
            run.server.echo = true
            run.options["echo"] = "true"
        }
        run.links = Self.links(&random)
        if random.uniform(below: 4) == 0 {
            run.service = ServiceLaw(
                cores: 1 + random.uniform(below: 2), perMessage: .microseconds(Int64(random.uniform(below: 200))),
                perDelivery: .microseconds(Int64(random.uniform(below: 100))))
        }
        run.reconnect = mode == .liveness || random.uniform(below: 2) == 0 ? .backoff : .none
        run.faults = Self.faults(mode, &random)
        self.run = run
    }

    /// Whether nothing takes a message or a member away before its time.
    package var isCalm: Bool {
        self.run.faults.isEmpty && self.run.profile.churn == nil && self.run.profile.leave == .bye
    }

    /// Whether messages may wait between the fleet and the first byte on the link.
    package var hasBackPressure: Bool {
        self.run.links.bandwidth != nil || self.run.links.sendBuffer < LinkOptions().sendBuffer
            || self.run.links.receiveBuffer < LinkOptions().receiveBuffer
    }

    private static func links(_ random: inout SplitMix64) -> LinkOptions {
        var links = LinkOptions()
        let mean = TimeAmount.microseconds(Int64(random.uniform(below: 30_000)))
        links.delay =
            switch random.uniform(below: 4) {
            case 0: .none
            case 1: .fixed(mean)
            case 2: .uniform(.zero, mean)
            default: .exponential(mean)
            }
        if random.uniform(below: 4) == 0 { links.bandwidth = 20_000 + random.uniform(below: 1_000_000) }
        if random.uniform(below: 3) == 0 {
            links.sendBuffer = 500 + random.uniform(below: 8_000)
            links.receiveBuffer = 500 + random.uniform(below: 8_000)
        }
        links.chunking =
            switch random.uniform(below: 3) {
            case 0: .whole
            case 1: .split(1 + random.uniform(below: 6))
            default: .glue(.microseconds(Int64(random.uniform(below: 3_000))))
            }
        return links
    }

    private static func faults(_ mode: Mode, _ random: inout SplitMix64) -> [SimulatedRun.PlannedFault] {
        (0..<random.uniform(below: 5)).map { _ in
            // The last of them is over 2.5 s after the start, where the run must heal.
            let most = mode == .liveness ? 1_500 : 5_000
            let at = TimeAmount.milliseconds(Int64(random.uniform(below: most)))
            let long = TimeAmount.milliseconds(Int64(random.uniform(below: 1_000)))
            let all = random.uniform(below: 4) == 0
            switch random.uniform(below: mode == .liveness ? 6 : 7) {
            case 0: return .init(at: at, .link(.cut, all: all))
            case 1: return .init(at: at, .link(.reset, all: all))
            case 2: return .init(at: at, .link(.freeze([.toServer], long), all: all))
            case 3: return .init(at: at, .link(.freeze([.toServer, .toClient], long), all: all))
            case 4: return .init(at: at, .partition(long))
            case 5: return .init(at: at, .refuse(long))
            default: return .init(at: at, .link(.halfOpen, all: all))
            }
        }
    }

    package var description: String {
        let profile = self.run.profile
        return """
            seed \(self.seed), \(self.mode.rawValue): \(self.run.backend), \(profile.agents) agents, rooms \
            \(profile.rooms.layout), \(profile.arrival.pattern), calls \(profile.calls.when), \
            \(profile.signaling.strategy), chatter \(profile.chatter?.rate.perSecond ?? 0)/s, \
            \(profile.churn == nil ? "no churn" : "churn"), leave \(profile.leave), reconnect \
            \(self.run.reconnect), links \(self.run.links), service \(self.run.service.map { "\($0)" } ?? "free"), \
            faults \(self.run.faults)
            """
    }

    // MARK: Shrinking

    /// Simpler schedules that might still fail, the greatest steps first.
    package var simpler: [Schedule] {
        var all: [Schedule] = []
        func add(_ change: (inout Schedule) -> Void) {
            var copy = self
            change(&copy)
            if copy.description != self.description { all.append(copy) }
        }
        if self.run.faults.count > 1 { add { $0.run.faults.removeLast($0.run.faults.count / 2) } }
        for i in self.run.faults.indices { add { $0.run.faults.remove(at: i) } }
        add { $0.run.profile.agents = max(2, $0.run.profile.agents / 2) }
        add { $0.run.profile.agents = max(2, $0.run.profile.agents - 1) }
        add { $0.run.profile.rooms.layout = .size(2) }
        add { $0.run.profile.churn = nil }
        add { $0.run.profile.chatter = nil }
        add { $0.run.service = nil }
        add { $0.run.links.chunking = .whole }
        add { $0.run.links.bandwidth = nil }
        add { $0.run.links.sendBuffer = LinkOptions().sendBuffer }
        add { $0.run.links.receiveBuffer = LinkOptions().receiveBuffer }
        add { $0.run.links.delay = .none }
        add { $0.run.profile.signaling.candidates = .init(offerer: 0, answerer: 0) }
        add { $0.run.profile.arrival.pattern = .burst }
        add { $0.run.profile.signaling.pacing = .none }
        return all
    }

    /// The simplest schedule reachable from this one that a check still fails.
    package func shrunk(while fails: (Schedule) -> Bool) -> Schedule {
        var least = self
        var isSmaller = true
        while isSmaller {
            isSmaller = false
            for candidate in least.simpler where fails(candidate) {
                least = candidate
                isSmaller = true
                break
            }
        }
        return least
    }
}
