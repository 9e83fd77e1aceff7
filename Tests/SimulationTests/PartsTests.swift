import Fleet
import Measure
import NIOCore
import Simulation
import Synchronization
import Testing
import Workload

struct PartsTests {
    private static var run: SimulatedRun {
        var profile = Profile()
        profile.agents = 18
        profile.rooms.layout = .size(3)
        profile.phases.steady = .seconds(3)
        profile.seed = 11
        return SimulatedRun(profile)
    }

    @Test(arguments: [1, 2, 6])
    func `parts count together what the whole counts`(count: Int) throws {
        let whole = try Self.run.play().outcome.samples
        let seconds = Mutex(0)
        let merged = try #require(
            try SimulatedParts(Self.run, count: count, processors: 2).play(isCancelled: { false }) { _, _ in
                seconds.withLock { $0 += 1 }
            })
        let parts = merged.outcome.samples
        #expect(parts.traffic == whole.traffic)
        #expect(parts.ledger == whole.ledger)
        #expect(parts.session.connected == whole.session.connected)
        #expect(parts.pairs.count == whole.pairs.count)
        #expect(parts.pairs.allSatisfy { $0.progress.connectableAt != nil })
        #expect(merged.outcome.ending == .completed)
        #expect(seconds.withLock { $0 } >= count)
        // Once a second, and the totals never fall.
        let totals = merged.snapshots.map(\.deliveries)
        #expect(totals == totals.sorted())
        #expect(totals.last == whole.traffic.deliveries)
    }

    @Test func `parts come to the same on any number of processors`() throws {
        func digest(_ processors: Int) throws -> String {
            var run = Self.run
            run.links.delay = .exponential(.milliseconds(9))
            let merged = try SimulatedParts(run, count: 3, processors: processors)
                .play(isCancelled: { false }) { _, _ in }
            let samples = try #require(merged).outcome.samples
            return "\(samples.traffic) \(samples.session) \(samples.pairs.map { "\($0.progress)" })"
        }
        #expect(try digest(1) == digest(3))
    }

    @Test func `what is cancelled ends in order, with what there is`() throws {
        let merged = try #require(
            try SimulatedParts(Self.run, count: 6, processors: 1).play(isCancelled: { true }) { _, _ in })
        #expect(merged.outcome.ending == .interrupted)
        #expect(merged.outcome.samples.pairs.count < 18)
    }
}
