import Measure
import Signaling
import Testing

struct LatencyHistogramTests {
    private static let hour: Int64 = 3_600_000_000_000

    private static func histogram(of milliseconds: some Sequence<Int>) -> LatencyHistogram {
        var histogram = LatencyHistogram()
        for value in milliseconds { histogram.record(nanoseconds: Int64(value) * 1_000_000) }
        return histogram
    }

    @Test(arguments: [7, 300, 5000, 20_000], [101, 102, 103] as [UInt64])
    func `a quantile is the sorted sample of its rank within three digits`(count: Int, seed: UInt64) throws {
        let samples = LatencySamples(count: count, seed: seed)
        let histogram = samples.histogram
        for thousandths in [500, 900, 950, 990, 999] {
            guard let quantile = histogram.quantile(Double(thousandths) / 1000) else { continue }
            let exact = samples.quantile(thousandths: thousandths)
            let value = try #require(quantile.milliseconds) * 1e6
            let slot = BucketLayout.index(of: UInt64(exact))
            #expect(BucketLayout.index(of: UInt64(value)) == slot, "seed \(seed), p\(thousandths)")
            #expect(value >= Double(exact) && value <= Double(exact) * 1.001 + 64, "seed \(seed), p\(thousandths)")
        }
        #expect(histogram.max == samples.values.max())
        #expect(histogram.min == samples.values.min())
    }

    @Test(arguments: [(0.5, 5), (0.9, 29), (0.95, 59), (0.99, 299), (0.999, 2995)])
    func `a quantile exists from its sample count on and not one sample before`(q: Double, least: Int) {
        #expect(Self.histogram(of: 1..<least).quantile(q) == nil)
        #expect(Self.histogram(of: 1...least).quantile(q) != nil)
    }

    @Test func `undelivered samples stand above every value`() {
        var histogram = Self.histogram(of: 1...99)
        let before = histogram.quantile(0.95)
        #expect(before == .value(95_027_199), "the greatest value of the slot of 95 ms")
        histogram.censor(1)
        #expect(histogram.total == 100 && histogram.count == 99)
        #expect(histogram.quantile(0.95) == before)
        histogram.censor(4)
        #expect(histogram.quantile(0.95) != .censored, "rank 99 of 103 still has a value")
        histogram.censor(3)
        #expect(histogram.quantile(0.95) == .censored, "rank 101 of 106 has none")
        #expect(histogram.quantile(0.5) != .censored)
        #expect(histogram.quantile(1) == .censored)
        #expect(histogram.max == 99_000_000)
    }

    @Test func `undelivered samples count towards the samples that a quantile needs`() {
        var histogram = Self.histogram(of: 1...4)
        #expect(histogram.quantile(0.5) == nil)
        histogram.censor(1)
        #expect(histogram.quantile(0.5)?.milliseconds != nil)
        var lost = LatencyHistogram()
        lost.censor(5)
        #expect(lost.quantile(0.5) == .censored)
    }

    @Test(
        arguments: [
            (-1, 1, 0, 0), (Int64.min, 1, 0, 0), (0, 0, 0, 1), (hour, 0, 0, 1), (hour + 1, 0, 1, 0),
            (Int64.max, 0, 1, 0),
        ] as [(Int64, UInt64, UInt64, UInt64)])
    func `a value that no latency can have is counted apart`(value: Int64, below: UInt64, above: UInt64, inside: UInt64)
    {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: value)
        #expect(histogram.belowRange == below)
        #expect(histogram.aboveRange == above)
        #expect(histogram.outOfRange == below + above)
        #expect(histogram.count == inside)
    }

    @Test func `a value above an hour is as good as undelivered to a quantile, one below 0 is no sample`() {
        var histogram = Self.histogram(of: 1...4)
        histogram.record(nanoseconds: -5)
        #expect(histogram.quantile(0.5) == nil)
        histogram.record(nanoseconds: Self.hour + 1)
        #expect(histogram.quantile(0.5)?.milliseconds != nil)
        #expect(histogram.quantile(0.99) == nil)
        #expect(histogram.quantile(1) == .censored)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `merging shards in any order equals recording everything at once`(seed: UInt64) {
        let samples = LatencySamples(count: 3000, seed: seed)
        var random = SplitMix64(seed: seed &+ 99)
        var shards = Array(repeating: LatencyHistogram(), count: 4)
        for value in samples.values { shards[random.uniform(below: 4)].record(nanoseconds: value) }
        for shard in shards.indices {
            shards[shard].censor(UInt64(shard))
            if shard == 2 { shards[shard].record(nanoseconds: -1) }
        }
        var whole = samples.histogram
        whole.censor(6)
        whole.record(nanoseconds: -1)
        var left = LatencyHistogram()
        for shard in shards { left.add(shard) }
        random.shuffle(&shards)
        var right = shards[3]
        var middle = shards[1]
        middle.add(shards[2])
        right.add(middle)
        right.add(shards[0])
        #expect(left == whole, "seed \(seed)")
        #expect(right == whole, "seed \(seed)")
        #expect(left.delta == whole.delta)
        // The twin: one sample more is another distribution.
        right.record(nanoseconds: samples.values[0])
        #expect(right != whole)
    }

    @Test func `a copy keeps its counts when the original goes on`() {
        var original = Self.histogram(of: 1...5)
        let copy = original
        original.record(nanoseconds: 1)
        #expect(copy.count == 5 && original.count == 6)
        #expect(LatencyHistogram().count == 0, "the shared empty counts stay empty")
    }

    @Test func `mean and deviation are those of the samples within the slot width`() throws {
        let histogram = Self.histogram(of: 1...1000)
        let mean = try #require(histogram.mean)
        #expect(abs(mean / 1e6 - 500.5) < 0.5)
        let deviation = try #require(histogram.delta.standardDeviation)
        #expect(abs(deviation / 1e6 - 288.67) < 0.3)
        #expect(LatencyHistogram().mean == nil)
        #expect(LatencyHistogram().min == nil && LatencyHistogram().max == nil)
    }

    @Test func `the interval of a quantile holds the samples of its ranks`() throws {
        let histogram = Self.histogram(of: 1...1000)
        let interval = try #require(histogram.interval(0.99))
        #expect(interval.lower <= 983_000_000 && interval.lower > 982_000_000)
        #expect(interval.upper >= 997_000_000 && interval.upper < 998_000_000)
        #expect(Self.histogram(of: 1...299).interval(0.99) == nil)
        var lossy = histogram
        lossy.censor(10)
        #expect(lossy.quantile(0.99) != .censored)
        #expect(lossy.interval(0.99) == nil, "the upper rank falls among undelivered samples")
    }
}
