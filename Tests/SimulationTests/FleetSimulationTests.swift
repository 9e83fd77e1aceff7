import Backends
import Fleet
import Measure
import NIOCore
import Signaling
import Simulation
import Testing
import Workload

/// The whole fleet in virtual time, where only a slow or sick network leads.
struct FleetSimulationTests {
    private func glare(_ strategy: Strategy, seed: UInt64) -> SimulatedRun {
        var run = SimulatedRun(agents: 120, roomSize: 4, candidates: 2)
        run.profile.signaling.strategy = strategy
        run.profile.calls.spread = .zero
        run.profile.leave = .vanish
        run.seed = seed
        run.links = LinkOptions(delay: .fixed(.milliseconds(20)))
        return run
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `the published client completes no pair under glare, by the law`(seed: UInt64) throws {
        let samples = try self.glare(.seed, seed: seed).play().outcome.samples
        #expect(samples.pairs.count == 180)
        #expect(samples.pairs.allSatisfy { $0.progress.failure == .glare })
        #expect(samples.signaling.sent == 30 * (4 + 6 * (4 + 2 * 2)))
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `the repaired client completes every pair within the law's bound`(seed: UInt64) throws {
        let samples = try self.glare(.perfect, seed: seed).play().outcome.samples
        #expect(samples.pairs.count == 180)
        #expect(samples.pairs.allSatisfy { $0.progress.connectableAt != nil })
        #expect(samples.signaling.sent <= 30 * (4 + 6 * (5 + 2 * 2 + 2)))
        #expect(samples.ledger.lost == 0)
    }

    /// Everything that was measured, as text.
    private func report(_ run: SimulatedRun) throws -> String {
        let result = try run.play()
        var samples = result.outcome.samples
        let probes = samples.probes.map { HistogramReport($0).encoded }
        samples.probes = []
        return "\(samples) \(probes) \(result.outcome.duration) \(result.log.sent) \(result.log.received)"
    }

    @Test func `the same seed gives the same report twice, another seed another`() throws {
        var run = Schedule(seed: 77, mode: .liveness).run
        run.profile.churn = .init(stay: .seconds(1), rejoin: .milliseconds(300))
        run.links = LinkOptions(delay: .exponential(.milliseconds(10)))
        #expect(try self.report(run) == self.report(run))
        var other = run
        other.seed += 1
        #expect(try self.report(run) != self.report(other))
    }

    @Test func `everybody comes back after the server cut everybody off`() throws {
        var run = SimulatedRun(agents: 12, roomSize: 4, candidates: 1)
        run.profile.chatter = .init()
        run.profile.phases.steady = .seconds(8)
        run.reconnect = .backoff
        run.faults = [
            .init(at: .seconds(3), .link(.cut, all: true)), .init(at: .seconds(3), .refuse(.seconds(1))),
            .init(at: .seconds(6), .link(.reset, all: true)),
        ]
        let result = try run.play()
        #expect(result.outcome.ending == .completed)
        #expect(result.outcome.samples.session.reconnects == 24)
        #expect(result.outcome.samples.session.disconnected == 24)
        #expect(result.leaks == Simulation.Leaks())
    }

    @Test func `an agent whose connection flaps beyond the wrap of its instance number loses nothing`() throws {
        var run = SimulatedRun(agents: 2, roomSize: 2, candidates: 0)
        run.profile.chatter = .init()
        run.profile.chatter?.rate = .init(perSecond: 1)
        run.profile.phases.steady = .seconds(1_500)
        run.reconnect = .backoff
        run.faults = (0..<1_400).map {
            .init(at: .seconds(2) + .milliseconds(Int64($0) * 1_000), .link(.cut, all: true))
        }
        let samples = try run.play().outcome.samples
        #expect(samples.session.reconnects >= 1_300 * 2)
        #expect(samples.traffic.duplicate == 0)
        #expect(Checks.identities(samples) == [])
    }

    @Test func `a server with one core makes the latencies of a queue`() throws {
        var run = SimulatedRun(agents: 10, roomSize: 10, candidates: 0)
        run.profile.chatter = .init()
        run.profile.chatter?.rate = .init(perSecond: 4)
        run.profile.phases.warmup = .seconds(1)
        run.profile.phases.steady = .seconds(20)
        run.service = ServiceLaw(cores: 1, perMessage: .milliseconds(5), perDelivery: .milliseconds(1))
        let result = try run.play()
        let model = Self.queue(
            arrivals: result.log.sent.map { Int64($0.time.uptimeNanoseconds) }, message: 5_000_000, delivery: 1_000_000,
            deliveries: 9)
        #expect(result.log.latencies().map(\.nanoseconds).sorted() == model.sorted())
        #expect(model.max() ?? 0 > 20_000_000, "messages did not wait for each other")
        #expect(Checks.quantiles(result, run) == [])
        #expect(result.outcome.samples.ledger.lost == 0)
    }

    /// One core that takes work in order: each message, and when it is done its deliveries.
    ///
    /// - Returns: from each arrival to the end of each of its deliveries, in nanoseconds.
    private static func queue(arrivals: [Int64], message: Int64, delivery: Int64, deliveries: Int) -> [Int64] {
        var free: Int64 = 0
        var latencies: [Int64] = []
        // Messages whose deliveries come next, by the time that they were done.
        var done: [(at: Int64, arrived: Int64)] = []
        func deliver(until time: Int64) {
            while let next = done.first, next.at <= time {
                done.removeFirst()
                for _ in 0..<deliveries {
                    free = max(free, next.at) + delivery
                    latencies.append(free - next.arrived)
                }
            }
        }
        for arrival in arrivals.sorted() {
            deliver(until: arrival)
            free = max(free, arrival) + message
            done.append((free, arrival))
        }
        deliver(until: .max)
        return latencies
    }
}
