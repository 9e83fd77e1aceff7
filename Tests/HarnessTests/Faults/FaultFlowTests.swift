import NIOCore
import Testing
import Workload

@testable import Harness

struct FaultFlowTests {
    private static func drained(_ flow: inout FaultFlow, at now: Int64) -> [String] {
        var parts: [String] = []
        while let bytes = flow.pop(at: now) { parts.append(String(buffer: bytes)) }
        return parts
    }

    private static func law(
        delay: Int64 = 0, rate: Int = 0, piece: Int = 0, glue: Int64 = 0, isStalled: Bool = false
    ) -> FaultFlow.Law {
        FaultFlow.Law(delay: delay, bytesPerSecond: rate, piece: piece, glue: glue, isStalled: isStalled)
    }

    @Test func `without a fault bytes pass at once, as they came`() {
        var flow = FaultFlow()
        flow.push(ByteBuffer(string: "one"), at: 5)
        flow.push(ByteBuffer(string: "two"), at: 6)
        #expect(Self.drained(&flow, at: 6) == ["one", "two"])
        #expect(flow.passed == 6 && flow.held == 0 && flow.next == nil)
    }

    @Test func `a delay is exact, and its end lets nothing overtake`() {
        var flow = FaultFlow()
        flow.set(Self.law(delay: 1_000))
        flow.push(ByteBuffer(string: "slow"), at: 0)
        flow.set(FaultFlow.Law())
        flow.push(ByteBuffer(string: "fast"), at: 10)
        #expect(Self.drained(&flow, at: 999).isEmpty)
        #expect(flow.next == 1_000)
        #expect(Self.drained(&flow, at: 1_000) == ["slow", "fast"])
    }

    @Test func `a throttle passes its rate`() {
        var flow = FaultFlow()
        flow.set(Self.law(rate: 1_000))
        for _ in 0..<10 { flow.push(ByteBuffer(string: String(repeating: "x", count: 100)), at: 0) }
        var times: [Int64] = []
        var now: Int64 = 0
        while !flow.isEmpty {
            while flow.pop(at: now) != nil { times.append(now) }
            now = flow.next ?? now
        }
        // A hundred bytes every tenth of a second.
        #expect(times == (0..<10).map { $0 * 100_000_000 })
    }

    @Test func `a stall holds everything, and what was held comes afterwards in its order`() {
        var flow = FaultFlow()
        flow.set(Self.law(isStalled: true))
        flow.push(ByteBuffer(string: "a"), at: 0)
        flow.push(ByteBuffer(string: "b"), at: 1)
        #expect(Self.drained(&flow, at: 1_000_000).isEmpty && flow.next == nil && flow.held == 2)
        flow.set(FaultFlow.Law())
        #expect(Self.drained(&flow, at: 1_000_000) == ["a", "b"])
    }

    @Test func `pieces put together again are what was sent`() {
        var flow = FaultFlow()
        flow.set(Self.law(piece: 3))
        flow.push(ByteBuffer(string: "0123456789"), at: 0)
        #expect(Self.drained(&flow, at: 0) == ["012", "345", "678", "9"])
    }

    @Test func `what is glued comes as one piece at the end of its while, unchanged and once`() {
        var flow = FaultFlow()
        flow.set(Self.law(glue: 1_000))
        for (time, text) in [(10, "a"), (500, "b"), (1_000, "c"), (1_001, "d")] as [(Int64, String)] {
            flow.push(ByteBuffer(string: text), at: time)
        }
        #expect(Self.drained(&flow, at: 999).isEmpty && flow.next == 1_000)
        #expect(Self.drained(&flow, at: 1_000) == ["abc"])
        #expect(Self.drained(&flow, at: 1_999).isEmpty && flow.next == 2_000)
        #expect(Self.drained(&flow, at: 2_000) == ["d"] && flow.passed == 4 && flow.held == 0)
    }

    @Test func `a full flow says so before it hoards`() {
        var flow = FaultFlow()
        flow.set(Self.law(isStalled: true))
        flow.push(ByteBuffer(repeating: 1, count: FaultFlow.bound), at: 0)
        #expect(flow.isFull)
    }

    @Test func `faults hold in their time, for their share, and add up`() {
        var delay = Profile.Fault(at: .seconds(1), kind: .delay)
        (delay.span, delay.by) = (.seconds(2), .milliseconds(20))
        var half = Profile.Fault(at: .seconds(2), kind: .stall)
        (half.span, half.share) = (.seconds(2), .percent(50))
        var refuse = Profile.Fault(at: .seconds(4), kind: .refuse)
        refuse.span = .seconds(1)
        let schedule = FaultSchedule(faults: [delay, delay, half, refuse], seed: 7)
        func at(_ seconds: Double) -> Int64 { Int64(seconds * 1e9) }
        #expect(schedule.law(of: 1, at: at(0.999)) == FaultFlow.Law())
        #expect(schedule.law(of: 1, at: at(1)).delay == 40_000_000)
        #expect(schedule.law(of: 1, at: at(3)).delay == 0)
        let stalled = (0..<10_000).filter { schedule.law(of: $0, at: at(2.5)).isStalled }
        #expect((4_800...5_200).contains(stalled.count))
        #expect(stalled == (0..<10_000).filter { schedule.law(of: $0, at: at(3.5)).isStalled })
        #expect(!schedule.refuses(1, at: at(3.9)) && schedule.refuses(1, at: at(4)) && !schedule.refuses(1, at: at(5)))
        #expect(schedule.changes == [1, 2, 3, 4, 5].map(at))
    }
}
