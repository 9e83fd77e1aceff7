import Backends
import Fleet
import Measure
import Signaling
import Simulation
import TestKit
import Testing
import Workload

/// Over real sockets, one of each of what `SimulationTests` try in all their forms in virtual time.
@Suite(.enabled(if: Lane.isSerial, "fleet and server meet over loopback"))
struct LoopbackTests {
    @Test func `several rooms on several loops add up to the closed form`() async throws {
        var test = TestRun(agents: 30, roomSize: 3, candidates: 3)
        test.loops = 2
        let samples = try await test.run().samples
        let law = MeshArithmetic(
            members: 3, offererCandidates: 3, answererCandidates: 3, echo: .none, delivery: .broadcast,
            joining: .present(callers: 3), byes: true)
        #expect(samples.signaling.sent == UInt64(10 * law.messages))
        #expect(samples.signaling.deliveries == UInt64(10 * law.deliveries))
        #expect(samples.roomsComplete == 10)
        #expect(samples.session.connected == 30)
    }

    @Test func `under glare the published client completes no pair`() async throws {
        var test = TestRun(agents: 8, roomSize: 4, candidates: 2)
        test.profile.signaling.strategy = .seed
        test.profile.calls.spread = .zero
        test.profile.leave = .vanish
        test.delay = 20_000_000
        let samples = try await test.run().samples
        #expect(samples.pairs.count == 12)
        #expect(samples.pairs.allSatisfy { $0.progress.failure == .glare })
        // N + P(4 + 2 K_o) in each of two rooms.
        #expect(samples.signaling.sent == 2 * (4 + 6 * (4 + 2 * 2)))
    }

    @Test(arguments: ["relay", "relay-routed", "socketio", "baas"])
    func `a run over loopback and one in virtual time count the same`(backend: String) async throws {
        var test = TestRun(agents: 6, roomSize: 3, candidates: 2)
        test.backend = backend
        test.profile.chatter = .init()
        test.profile.chatter?.rate = .init(perSecond: 5)
        test.profile.phases.steady = .seconds(1)
        var simulated = SimulatedRun(test.profile)
        simulated.backend = backend
        let real = try await test.run().samples
        let virtual = try simulated.play().outcome.samples
        #expect(real.signaling == virtual.signaling)
        #expect(real.chatter == virtual.chatter)
        #expect(real.ledger == virtual.ledger)
        #expect(real.session.connected == virtual.session.connected)
        #expect(real.roomsComplete == virtual.roomsComplete)
        #expect(real.chatter.sent > 20)
        for probe in [Probe.fanout, .fanoutLast, .deliveryOffer, .sessionJoin] {
            #expect(real[probe].total == virtual[probe].total, "\(probe)")
        }
    }
}
