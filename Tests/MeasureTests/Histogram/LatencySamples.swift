import Measure
import Signaling

/// Seeded latencies and the exact quantiles that a histogram is compared with.
struct LatencySamples {
    let values: [Int64]

    /// Latencies spread evenly over the orders of magnitude from 64 ns to an hour.
    init(count: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        self.values = (0..<count).map { _ in
            let magnitude = random.uniform(below: UInt64(36)) + 6
            return min(3_600_000_000_000, Int64((1 << magnitude) + random.uniform(below: UInt64(1) << magnitude)))
        }
    }

    var histogram: LatencyHistogram {
        var histogram = LatencyHistogram()
        for value in self.values { histogram.record(nanoseconds: value) }
        return histogram
    }

    /// The sample at or below which `thousandths` ÷ 1000 of all samples lie, by counting.
    func quantile(thousandths: Int) -> Int64 {
        let rank = max(1, (self.values.count * thousandths + 999) / 1000)
        return self.values.sorted()[rank - 1]
    }
}
