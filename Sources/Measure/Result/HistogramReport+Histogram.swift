extension HistogramReport {
    /// The report of a recorded distribution.
    ///
    /// - Parameters:
    ///   - histogram: Merged over all loops.
    ///   - ticksPerHalf: Points of the curve for each halving of the distance to 100 %.
    package init(_ histogram: LatencyHistogram, ticksPerHalf: Int = 5) {
        self.init(histogram.delta, ticksPerHalf: ticksPerHalf)
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
