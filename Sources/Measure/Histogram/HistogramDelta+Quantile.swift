extension HistogramDelta {
    /// A quantile over delivered and undelivered samples.
    ///
    /// - Parameter q: 0…1.
    /// - Returns: The greatest value of its slot, but never more than the maximum; nil below
    ///   ``SampleRule/leastSamples(for:)``.
    package func quantile(_ q: Double) -> Quantile? {
        guard self.total >= UInt64(SampleRule.leastSamples(for: q)) else { return nil }
        return self.value(atRank: OrderStatistics.rank(of: q, in: self.total))
    }

    /// The sample of a rank, counted from 1 in the order of the values, samples without a value last.
    func value(atRank rank: UInt64) -> Quantile {
        guard let index = self.slot(ofRank: rank) else { return .censored }
        return .value(Swift.max(self.min, Swift.min(self.max, Int64(BucketLayout.highestValue(at: index)))))
    }

    /// The 95 % confidence interval of a quantile by binomial ranks, widened to the slots that the ranks fall into.
    ///
    /// It assumes independent samples; latencies of one trial are not, so this is the least to allow for.
    ///
    /// - Parameter q: 0…1.
    /// - Returns: Nanoseconds; nil when there are too few samples for both bounds, or the upper one is censored.
    package func interval(_ q: Double) -> (lower: Int64, upper: Int64)? {
        guard
            let ranks = OrderStatistics.ranks(count: self.total, quantile: q),
            let lower = self.slot(ofRank: ranks.lower), let upper = self.slot(ofRank: ranks.upper)
        else { return nil }
        return (
            Swift.max(self.min, Int64(BucketLayout.lowestValue(at: lower))),
            Swift.min(self.max, Int64(BucketLayout.highestValue(at: upper)))
        )
    }

    /// The mean of the samples with a value, in nanoseconds, each standing in the middle of its slot.
    package var mean: Double? {
        guard self.count > 0 else { return nil }
        let sum = self.entries.reduce(0.0) {
            $0 + Double(BucketLayout.middleValue(at: Int($1.index))) * Double($1.count)
        }
        return sum / Double(self.count)
    }

    /// Their standard deviation in nanoseconds.
    package var standardDeviation: Double? {
        guard let mean = self.mean else { return nil }
        let sum = self.entries.reduce(0.0) {
            let distance = Double(BucketLayout.middleValue(at: Int($1.index))) - mean
            return $0 + distance * distance * Double($1.count)
        }
        return (sum / Double(self.count)).squareRoot()
    }

    private func slot(ofRank rank: UInt64) -> Int? {
        guard rank <= self.count else { return nil }
        var seen: UInt64 = 0
        for entry in self.entries {
            seen += entry.count
            if seen >= rank { return Int(entry.index) }
        }
        return nil
    }
}
