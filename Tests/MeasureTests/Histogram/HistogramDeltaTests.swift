import Measure
import Testing

struct HistogramDeltaTests {
    @Test(arguments: [21, 22, 23] as [UInt64])
    func `a histogram that goes through its delta comes back equal`(seed: UInt64) {
        var histogram = LatencySamples(count: 1000, seed: seed).histogram
        histogram.censor(3)
        histogram.record(nanoseconds: -7)
        histogram.record(nanoseconds: .max)
        var back = LatencyHistogram()
        back.add(histogram.delta)
        #expect(back == histogram, "seed \(seed)")
        #expect(back.min == histogram.min && back.max == histogram.max)
    }

    @Test(arguments: [31, 32, 33] as [UInt64])
    func `adding deltas is adding histograms`(seed: UInt64) {
        let a = LatencySamples(count: 700, seed: seed).histogram
        let b = LatencySamples(count: 400, seed: seed + 1000).histogram
        var histograms = a
        histograms.add(b)
        var ab = a.delta
        ab.add(b.delta)
        var ba = b.delta
        ba.add(a.delta)
        #expect(ab == histograms.delta, "seed \(seed)")
        #expect(ba == ab)
        #expect(ab.quantile(0.99) == histograms.quantile(0.99))
        ab.add(HistogramDelta())
        #expect(ba == ab)
        var fromNothing = HistogramDelta()
        fromNothing.add(ba)
        #expect(fromNothing == ba)
    }

    @Test func `draining hands over each sample once`() {
        var histogram = LatencyHistogram()
        var sum = HistogramDelta()
        var all = LatencyHistogram()
        for second in 1...5 {
            for value in LatencySamples(count: 100, seed: UInt64(second)).values {
                histogram.record(nanoseconds: value)
                all.record(nanoseconds: value)
            }
            let delta = histogram.drain()
            #expect(delta.count == 100)
            sum.add(delta)
            #expect(histogram.count == 0)
        }
        #expect(histogram.drain() == HistogramDelta())
        #expect(sum == all.delta)
    }

    @Test func `a delta is as small as the slots that hold something`() {
        var histogram = LatencyHistogram()
        for _ in 0..<100_000 { histogram.record(nanoseconds: 5_000_000) }
        #expect(
            histogram.delta.entries == [
                HistogramDelta.Entry(index: Int32(BucketLayout.index(of: 5_000_000)), count: 100_000)
            ])
    }

    @Test func `only censored samples leave no value and no zero`() {
        var delta = HistogramDelta()
        delta.censored = 100
        #expect(delta.quantile(0.5) == .censored)
        #expect(delta.mean == nil && delta.standardDeviation == nil)
        var merged = LatencyHistogram()
        merged.record(nanoseconds: 4_000_000)
        merged.add(delta)
        #expect(merged.min == 4_000_000)
        #expect(merged.censored == 100)
    }
}
