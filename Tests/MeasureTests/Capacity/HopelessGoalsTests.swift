import Measure
import Testing

struct HopelessGoalsTests {
    private static func gates(_ texts: String...) -> [Gate] { Gate.parseAll(texts).gates }

    /// A second with so many receipts after 10 ms and so many after 80 ms.
    private static func second(fast: Int, slow: Int) -> HistogramDelta {
        var histogram = LatencyHistogram()
        for _ in 0..<fast { histogram.record(nanoseconds: 10_000_000) }
        for _ in 0..<slow { histogram.record(nanoseconds: 80_000_000) }
        return histogram.delta
    }

    @Test func `with twice as many late as the whole trial may have, a goal is out of reach`() {
        // A hundredth of 10,000 may be late: 200 are no proof yet, and one more than 201 is.
        var goals = HopelessGoals(Self.gates("fanout.latency.p99 < 50ms"), expected: 10_000)
        #expect(goals.take(Self.second(fast: 900, slow: 100)) == nil)
        #expect(goals.take(Self.second(fast: 900, slow: 101)) == nil)
        #expect(goals.take(Self.second(fast: 900, slow: 0)) == nil)
        #expect(goals.take(Self.second(fast: 0, slow: 1))?.text == "fanout.latency.p99 < 50ms")
    }

    @Test func `what is within the limit is not late, and of several goals the first lost one is named`() {
        var goals = HopelessGoals(
            Self.gates("fanout.latency.p99 < 100ms", "fanout.latency.p50 <= 20ms"), expected: 100)
        #expect(goals.take(Self.second(fast: 0, slow: 101)) == nil)
        #expect(goals.take(Self.second(fast: 0, slow: 1))?.metric == "fanout.latency.p50")
    }

    @Test(arguments: [
        "negotiation.completion >= 99%", "fanout.latency.p99 > 50ms", "fanout.latency.mean < 1ms",
        "fanout.signaling.latency.p99 < 1ms", "negotiation.time.p99 < 1ms",
    ])
    func `other goals are left to the end of the trial`(text: String) {
        var goals = HopelessGoals(Self.gates(text), expected: 10)
        #expect(goals.take(Self.second(fast: 0, slow: 10_000)) == nil)
    }

    @Test func `without chatter nothing is out of reach`() {
        var goals = HopelessGoals(Self.gates("fanout.latency.p99 < 50ms"), expected: 0)
        #expect(goals.take(Self.second(fast: 0, slow: 10_000)) == nil)
    }
}
