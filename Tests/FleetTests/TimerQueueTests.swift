import Signaling
import Testing

@testable import Fleet

struct TimerQueueTests {
    private static func agent(_ event: TimerEvent) -> Int32? {
        if case .chatter(let agent) = event { return agent }
        return nil
    }

    @Test(arguments: [1, 7, 42] as [UInt64])
    func `events come out by time, and in order of entry at the same time`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var queue = TimerQueue()
        var model: [(at: Int64, agent: Int32)] = []
        for agent in 0..<Int32(500) {
            let at = Int64.random(in: 0..<50, using: &random)
            queue.add(.chatter(agent: agent), at: Instant(nanoseconds: at))
            model.append((at, agent))
        }
        model.sort { ($0.at, $0.agent) < ($1.at, $1.agent) }
        var popped: [Int32] = []
        while let due = queue.pop(due: Instant(nanoseconds: 100)) { popped.append(Self.agent(due.event) ?? -1) }
        #expect(popped == model.map(\.agent), "seed \(seed)")
    }

    @Test func `nothing comes out before its time`() {
        var queue = TimerQueue()
        queue.add(.upkeep, at: Instant(nanoseconds: 10))
        #expect(queue.pop(due: Instant(nanoseconds: 9))?.at == nil)
        #expect(queue.next == Instant(nanoseconds: 10))
        #expect(queue.pop(due: Instant(nanoseconds: 10))?.at == Instant(nanoseconds: 10))
        #expect(queue.count == 0)
    }
}
