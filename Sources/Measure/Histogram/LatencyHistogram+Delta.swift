import Histogram

extension LatencyHistogram {
    /// The counts as non-empty slots.
    package var delta: HistogramDelta {
        var entries: [HistogramDelta.Entry] = []
        let isEmpty = self.counts.totalCount == 0
        // Even of nothing, all slots would be looked through.
        if !isEmpty {
            for value in self.counts.recordedValues() {
                let index = Int32(BucketLayout.index(of: value.value))
                entries.append(HistogramDelta.Entry(index: index, count: value.count))
            }
        }
        var delta = HistogramDelta(
            entries: entries, count: self.counts.totalCount, min: isEmpty ? 0 : Int64(self.counts.min),
            max: isEmpty ? 0 : Int64(self.counts.maxRecorded))
        delta.belowRange = self.belowRange
        delta.aboveRange = self.aboveRange
        delta.censored = self.censored
        return delta
    }

    /// Hands over what was counted since the last time and starts again from nothing.
    ///
    /// - Returns: The interval's counts, to be merged with those of other loops.
    package mutating func drain() -> HistogramDelta {
        let delta = self.delta
        self.reset()
        return delta
    }

    /// Adds the counts of an interval; exact.
    package mutating func add(_ delta: HistogramDelta) {
        for entry in delta.entries {
            // Any value of the slot counts the same; the outermost slots take the exact extremes with them.
            let low = BucketLayout.lowestValue(at: Int(entry.index))
            let value = Swift.min(Swift.max(low, UInt64(delta.min)), UInt64(delta.max))
            self.counts.record(value, count: entry.count)
        }
        if delta.count > 0 {
            // A count of none moves the extremes alone.
            self.counts.record(UInt64(delta.max), count: 0)
        }
        self.countMissing(below: delta.belowRange, above: delta.aboveRange, censored: delta.censored)
    }
}
