import Signaling

/// Confidence intervals of quantiles whose samples come in clusters that are not independent within.
///
/// Clusters are the intervals of a run (``IntervalClusters``), because deliveries of one broadcast, and of one stall of
/// the backend, fall into one; or rooms, whose pairs share a backend's moment and one another's load. Whole clusters
/// are drawn again with replacement; the samples in them stay together. Seeded, so that the same run gives the same
/// interval.
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

    /// The 95 % interval of a quantile over all clusters; see ``intervals(_:)``.
    package func interval(_ q: Double) -> (lower: Int64, upper: Int64)? { self.intervals([q])[0] }

    /// The 95 % intervals of quantiles over all clusters.
    ///
    /// The 2.5 % and 97.5 % points of the replicates, spread by √(n ÷ (n − 1)) around the estimate because a drawn run of
    /// n clusters varies less than a new one.
    ///
    /// - Parameter quantiles: 0…1 each.
    /// - Returns: For each nanoseconds; nil with too few clusters or samples, or when an end falls among the censored.
    package func intervals(_ quantiles: [Double]) -> [(lower: Int64, upper: Int64)?] {
        let count = self.clusters.count
        guard count >= Self.leastClusters else { return quantiles.map { _ in nil } }
        let table = CountTable(self.clusters)
        let own = table.places(of: quantiles, in: 0..<count)
        var random = SplitMix64(seed: self.seed)
        var found = quantiles.map { _ in [Double]() }
        for _ in 0..<self.replicates {
            let picks = (0..<count).map { _ in Int(random.next() % UInt64(count)) }
            for (at, place) in table.places(of: quantiles, in: picks).enumerated() {
                if let place { found[at].append(table.value(at: place)) }
            }
        }
        return zip(own, found).map { own, found in
            // A replicate with too few samples says that the run has too few, too.
            guard let own, own < table.slots.count, found.count == self.replicates else { return nil }
            return Self.interval(around: table.value(at: own), found.sorted(), clusters: count)
        }
    }

    private static func interval(
        around estimate: Double, _ sorted: [Double], clusters: Int
    ) -> (lower: Int64, upper: Int64)? {
        let spread = (Double(clusters) / Double(clusters - 1)).squareRoot()
        func end(_ share: Double) -> Double {
            let at = min(sorted.count - 1, Int(share * Double(sorted.count)))
            return estimate + (sorted[at] - estimate) * spread
        }
        let (lower, upper) = (end(0.025), end(0.975))
        guard upper.isFinite else { return nil }
        return (max(0, Int64(lower)), Int64(upper))
    }

    /// Dense slots over what occurs: a replicate is then a sum of rows, not a merge of lists.
    private struct CountTable {
        let slots: [Int32]
        private let rows: [[(place: Int, count: UInt64)]]
        private let totals: [UInt64]

        init(_ clusters: [HistogramDelta]) {
            let slots = Set(clusters.lazy.flatMap { $0.entries.lazy.map(\.index) }).sorted()
            let places = Dictionary(uniqueKeysWithValues: slots.enumerated().map { ($1, $0) })
            self.slots = slots
            self.rows = clusters.map { cluster in
                cluster.entries.map { (place: places[$0.index] ?? 0, count: $0.count) }
            }
            self.totals = clusters.map(\.total)
        }

        /// The places among the slots at which the quantiles of some clusters lie, one beyond the last for what never
        /// arrived; nil with too few samples.
        func places(of quantiles: [Double], in picks: some Sequence<Int>) -> [Int?] {
            var sums = [UInt64](repeating: 0, count: self.slots.count)
            var total: UInt64 = 0
            for pick in picks {
                total += self.totals[pick]
                for entry in self.rows[pick] { sums[entry.place] += entry.count }
            }
            for at in sums.indices.dropFirst() { sums[at] += sums[at - 1] }
            return quantiles.map { q in
                guard total >= UInt64(SampleRule.leastSamples(for: q)) else { return nil }
                let rank = OrderStatistics.rank(of: q, in: total)
                return sums.firstIndex { $0 >= rank } ?? sums.count
            }
        }

        /// Nanoseconds at a place; infinity beyond the last.
        func value(at place: Int) -> Double {
            place < self.slots.count ? Double(BucketLayout.middleValue(at: Int(self.slots[place]))) : .infinity
        }
    }
}

/// The counts of a distribution in each interval of a run's steady phase, kept small however long the run.
package struct IntervalClusters: Sendable {
    /// In order of time; each of ``rows`` rows but the last.
    package private(set) var clusters: [HistogramDelta] = []
    /// How many rows of the series one cluster covers.
    package private(set) var rows = 1
    private var open = 0

    /// More clusters than this are joined two by two.
    private static let mostClusters = 240

    package init() {}

    /// Adds the next interval.
    package mutating func add(_ delta: HistogramDelta) {
        if self.open > 0 {
            self.clusters[self.clusters.count - 1].add(delta)
        } else {
            self.clusters.append(delta)
        }
        self.open = (self.open + 1) % self.rows
        guard self.clusters.count >= Self.mostClusters, self.open == 0 else { return }
        self.clusters = stride(from: 0, to: self.clusters.count - 1, by: 2).map { at in
            var pair = self.clusters[at]
            pair.add(self.clusters[at + 1])
            return pair
        }
        self.rows *= 2
    }
}
