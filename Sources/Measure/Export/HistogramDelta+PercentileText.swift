extension HistogramDelta {
    /// The percentile table in the text form (`.hgrm`) that HdrHistogram's plotter reads.
    ///
    /// Undelivered samples have no row; a comment line at the end counts them.
    ///
    /// - Parameter ticksPerHalf: Rows for each halving of the distance to 100 %.
    /// - Returns: Four columns, values in milliseconds, and the summary lines of the format.
    package func percentileText(ticksPerHalf: Int = 5) -> String {
        var text = "       Value     Percentile TotalCount 1/(1-Percentile)\n\n"
        for row in PercentileLevels(counts: self, ticksPerHalf: ticksPerHalf) {
            text += FixedDecimal.text(Double(row.value) / 1e6, decimals: 3, width: 12) + " "
            text += FixedDecimal.text(row.level, decimals: 12) + " "
            text += FixedDecimal.padded(String(row.count), width: 10)
            if row.level < 1 { text += " " + FixedDecimal.text(1 / (1 - row.level), decimals: 2, width: 14) }
            text += "\n"
        }
        func number(_ nanoseconds: Double) -> String { FixedDecimal.text(nanoseconds / 1e6, decimals: 3, width: 12) }
        func count(_ value: some BinaryInteger) -> String { FixedDecimal.padded(String(value), width: 12) }
        let highest = self.entries.last.map { Double(BucketLayout.highestValue(at: Int($0.index))) } ?? 0
        text += "#[Mean    = \(number(self.mean ?? 0)), StdDeviation   = \(number(self.standardDeviation ?? 0))]\n"
        text += "#[Max     = \(number(highest)), Total count    = \(count(self.count))]\n"
        text +=
            "#[Buckets = \(count(BucketLayout.bucketCount)), SubBuckets     = \(count(BucketLayout.subBucketCount))]\n"
        if self.censored > 0 { text += "#[Undelivered = \(self.censored)]\n" }
        return text
    }
}

extension LatencyHistogram {
    /// The percentile table in the text form (`.hgrm`) that HdrHistogram's plotter reads, in milliseconds.
    package func percentileText(ticksPerHalf: Int = 5) -> String {
        self.delta.percentileText(ticksPerHalf: ticksPerHalf)
    }
}
