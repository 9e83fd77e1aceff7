import Histogram

extension LatencyHistogram {
    /// A quantile over delivered and undelivered samples.
    ///
    /// - Parameter q: 0…1; 1 is the greatest sample.
    /// - Returns: The value within the histogram's precision, or that it is censored; nil below 5, 29, 59, 299 or 2,995
    ///   samples for p50, p90, p95, p99 and p99.9.
    package func quantile(_ q: Double) -> Quantile? { self.delta.quantile(q) }

    /// The p99 of the samples with a value, without the list of slots that ``quantile(_:)`` makes.
    var roughP99: Int64? {
        self.count < UInt64(SampleRule.leastSamples(for: 0.99)) ? nil : Int64(self.counts.valueAtPercentile(99))
    }

    /// The 95 % confidence interval of a quantile by binomial ranks, widened to the slots that the ranks fall into.
    ///
    /// - Parameter q: 0…1.
    /// - Returns: Nanoseconds; nil when there are too few samples for both bounds, or the upper one is censored.
    package func interval(_ q: Double) -> (lower: Int64, upper: Int64)? { self.delta.interval(q) }

    /// The least sample with a value, in nanoseconds, exactly; below 64 ns it is 0.
    package var min: Int64? { self.count == 0 ? nil : Int64(self.counts.min) }

    /// The greatest sample with a value, in nanoseconds, exactly.
    package var max: Int64? { self.count == 0 ? nil : Int64(self.counts.maxRecorded) }

    /// The mean of the samples with a value, in nanoseconds, each standing in the middle of its slot.
    package var mean: Double? { self.delta.mean }
}
