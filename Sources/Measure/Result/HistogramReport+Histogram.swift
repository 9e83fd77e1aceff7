extension HistogramReport {
    /// The report of a recorded distribution.
    ///
    /// - Parameters:
    ///   - histogram: Merged over all loops.
    ///   - ticksPerHalf: Points of the curve for each halving of the distance to 100 %.
    ///   - clusters: What its samples fall into and is independent; nil when that is not known.
    package init(_ histogram: LatencyHistogram, ticksPerHalf: Int = 5, clusters: Clusters? = nil) {
        self.init(histogram.delta, ticksPerHalf: ticksPerHalf)
        guard self.count > 0 else { return }
        self.clusters = "samples"
        guard let clusters else { return }
        self.clusters = clusters.name
        self.intervals = [:]
        let known = MetricQuantile.allCases.filter { self.quantiles[$0.rawValue] != nil && $0 != .max }
        let found = ClusterBootstrap(clusters: clusters.counts, seed: clusters.seed).intervals(
            known.map { $0.quantile ?? 1 })
        for (quantile, bounds) in zip(known, found) {
            // Clusters and distribution differ by what crossed a boundary of the steady phase.
            guard let bounds, let value = self.quantiles[quantile.rawValue] else { continue }
            self.intervals[quantile.rawValue] = Interval(
                lower: Swift.min(value, Double(bounds.lower) / 1e6),
                upper: Swift.max(value, Double(bounds.upper) / 1e6))
        }
    }

    /// The parts of a distribution that are independent of one another.
    package struct Clusters: Sendable {
        /// `seconds` or `rooms`.
        package var name: String
        package var counts: [HistogramDelta]
        /// Of the drawing.
        package var seed: UInt64

        package init(name: String, counts: [HistogramDelta], seed: UInt64) {
            self.name = name
            self.counts = counts
            self.seed = seed
        }
    }

    /// The report of counts that were kept as non-empty slots.
    package init(_ counts: HistogramDelta, ticksPerHalf: Int = 5) {
        var quantiles: [String: Double] = [:]
        var intervals: [String: Interval] = [:]
        for quantile in MetricQuantile.allCases where quantile != .max {
            guard let q = quantile.quantile else { continue }
            quantiles[quantile.rawValue] = counts.quantile(q)?.milliseconds
            intervals[quantile.rawValue] = counts.interval(q).map {
                Interval(lower: Double($0.lower) / 1e6, upper: Double($0.upper) / 1e6)
            }
        }
        let delivered = counts.total > 0 ? Double(counts.count) / Double(counts.total) : 0
        let isEmpty = counts.count == 0
        self.init(
            count: Int(counts.count),
            outOfRange: Int(counts.belowRange + counts.aboveRange),
            censored: Int(counts.censored),
            min: isEmpty ? nil : Double(counts.min) / 1e6,
            mean: counts.mean.map { $0 / 1e6 },
            max: isEmpty ? nil : Double(counts.max) / 1e6,
            quantiles: quantiles,
            intervals: intervals,
            percentiles: PercentileLevels(counts: counts, ticksPerHalf: ticksPerHalf).map {
                // Levels are over the delivered; undelivered samples lie above them all.
                Percentile(quantile: $0.level * delivered, milliseconds: Double(Swift.min($0.value, counts.max)) / 1e6)
            },
            encoded: isEmpty ? "" : counts.base64
        )
    }
}
