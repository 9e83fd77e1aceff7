import Signaling

/// Confidence intervals of quantiles whose samples come in clusters that are not independent within.
///
/// The clusters are the one-second intervals of a run: deliveries of one broadcast, and of one stall of the backend,
/// fall into one. Whole clusters are drawn again with replacement; the samples in them stay together. Seeded, so that
/// the same run gives the same interval.
package struct ClusterBootstrap: Sendable {
    private let clusters: [HistogramDelta]
    private let replicates: Int
    private let seed: UInt64

    /// Fewer clusters than this give no interval.
    package static let leastClusters = 10

    /// - Parameters:
    ///   - clusters: The counts of each one-second interval; empty ones say nothing and are left out.
    ///   - replicates: How many runs are drawn.
    ///   - seed: Of the drawing.
    package init(clusters: [HistogramDelta], replicates: Int = 1_000, seed: UInt64) {
        self.clusters = clusters.filter { $0.total > 0 }
        self.replicates = replicates
        self.seed = seed
    }

    /// The 95 % interval of a quantile over all clusters.
    ///
    /// The 2.5 % and 97.5 % points of the replicates, spread by √(n ÷ (n − 1)) around the estimate because a drawn run of
    /// n clusters varies less than a new one.
    ///
    /// - Parameter q: 0…1.
    /// - Returns: Nanoseconds; nil with too few clusters or samples, or when an end falls among the censored.
    package func interval(_ q: Double) -> (lower: Int64, upper: Int64)? {
        let count = self.clusters.count
        guard count >= Self.leastClusters else { return nil }
        // Dense slots over what occurs: a replicate is then a sum of rows, not a merge of lists.
        let slots = Set(self.clusters.lazy.flatMap { $0.entries.lazy.map(\.index) }).sorted()
        let places = Dictionary(uniqueKeysWithValues: slots.enumerated().map { ($1, $0) })
        let rows = self.clusters.map { cluster in
            cluster.entries.map { (place: places[$0.index] ?? 0, count: $0.count) }
        }
        func place(_ picks: some Sequence<Int>) -> Int? {
            var sums = [UInt64](repeating: 0, count: slots.count)
            var total: UInt64 = 0
            for pick in picks {
                total += self.clusters[pick].total
                for entry in rows[pick] { sums[entry.place] += entry.count }
            }
            guard total >= UInt64(SampleRule.leastSamples(for: q)) else { return nil }
            let rank = OrderStatistics.rank(of: q, in: total)
            var seen: UInt64 = 0
            for (at, sum) in sums.enumerated() {
                seen += sum
                if seen >= rank { return at }
            }
            // Among what never arrived: above every slot.
            return slots.count
        }
        guard let own = place(0..<count), own < slots.count else { return nil }
        func value(_ place: Int) -> Double { Double(BucketLayout.middleValue(at: Int(slots[place]))) }
        var random = SplitMix64(seed: self.seed)
        var found: [Double] = []
        found.reserveCapacity(self.replicates)
        for _ in 0..<self.replicates {
            let picks = (0..<count).map { _ in Int(random.next() % UInt64(count)) }
            guard let at = place(picks) else { return nil }
            found.append(at < slots.count ? value(at) : .infinity)
        }
        found.sort()
        let spread = (Double(count) / Double(count - 1)).squareRoot()
        func end(_ share: Double) -> Double {
            let at = min(found.count - 1, Int(share * Double(found.count)))
            let estimate = value(own)
            return estimate + (found[at] - estimate) * spread
        }
        let (lower, upper) = (end(0.025), end(0.975))
        guard upper.isFinite else { return nil }
        return (max(0, Int64(lower)), Int64(upper))
    }
}
