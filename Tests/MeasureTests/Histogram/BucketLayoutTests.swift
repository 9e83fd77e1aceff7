import Measure
import Signaling
import Testing

struct BucketLayoutTests {
    @Test(
        arguments: [
            (0, 0), (63, 0), (64, 1), (127, 1), (131_071, 2047), (131_072, 2048), (131_199, 2048), (131_200, 2049),
            (262_143, 3071), (262_144, 3072),
        ] as [(UInt64, Int)])
    func `the slots of the first buckets lie where HdrHistogram puts them`(value: UInt64, index: Int) {
        #expect(BucketLayout.index(of: value) == index)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a value lies in its slot and the slot is narrower than a thousandth of it`(seed: UInt64) {
        for value in LatencySamples(count: 300, seed: seed).values.map(UInt64.init) {
            let index = BucketLayout.index(of: value)
            let (low, high) = (BucketLayout.lowestValue(at: index), BucketLayout.highestValue(at: index))
            #expect(low <= value && value <= high, "seed \(seed), value \(value)")
            if value > 131_072 { #expect((high - low) * 1000 < value, "seed \(seed), value \(value)") }
            #expect(BucketLayout.middleValue(at: index) > low && BucketLayout.middleValue(at: index) <= high)
        }
    }

    @Test func `slots follow each other without a gap up to an hour`() {
        let broken = (0..<BucketLayout.index(of: BucketLayout.highest)).filter { index in
            BucketLayout.highestValue(at: index) + 1 != BucketLayout.lowestValue(at: index + 1)
                || BucketLayout.index(of: BucketLayout.lowestValue(at: index)) != index
        }
        #expect(broken == [])
    }

    @Test func `the recording histogram uses the same slots`() {
        for value in LatencySamples(count: 40, seed: 11).values {
            var histogram = LatencyHistogram()
            histogram.record(nanoseconds: value)
            #expect(histogram.delta.entries.map { Int($0.index) } == [BucketLayout.index(of: UInt64(value))])
        }
    }
}
