import Fleet
import Measure
import Signaling
import TestKit
import Testing
import Workload

/// Everybody calls at the same moment: the published client deadlocks, the repaired one completes.
@Suite(.enabled(if: Lane.isSerial, "fleet and server meet over loopback"))
struct GlareTests {
    private func glare(_ strategy: Strategy) -> TestRun {
        var test = TestRun(agents: 8, roomSize: 4, candidates: 2)
        test.profile.signaling.strategy = strategy
        test.profile.calls.spread = .zero
        test.profile.leave = .vanish
        test.delay = 20_000_000
        return test
    }

    @Test func `the published client completes no pair, for glare, and sends exactly what the law says`() async throws {
        let outcome = try await self.glare(.seed).run()
        let pairs = outcome.samples.pairs
        #expect(pairs.count == 12)
        #expect(pairs.allSatisfy { $0.progress.failure == .glare })
        // N + P(4 + 2 K_o) in each of two rooms.
        #expect(outcome.samples.signaling.sent == 2 * (4 + 6 * (4 + 2 * 2)))
    }

    @Test func `the repaired client completes every pair within the law's bound`() async throws {
        let outcome = try await self.glare(.perfect).run()
        #expect(outcome.samples.pairs.allSatisfy { $0.progress.connectableAt != nil })
        // N + P(5 + 2 K_o + K_a) in each of two rooms, at most.
        #expect(outcome.samples.signaling.sent <= 2 * (4 + 6 * (5 + 2 * 2 + 2)))
        #expect(outcome.samples.ledger.lost == 0)
    }
}
