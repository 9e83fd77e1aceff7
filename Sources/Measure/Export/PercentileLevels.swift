/// The percentiles at which HdrHistogram prints a distribution: ever closer as 100 % comes near.
struct PercentileLevels: Sequence {
    /// One row of the table.
    struct Row: Equatable {
        /// The greatest value of the row's slot, in nanoseconds.
        var value: Int64
        /// The level that the row stands for, 0…1.
        var level: Double
        /// Samples up to and with this slot.
        var count: UInt64
    }

    let counts: HistogramDelta
    /// Rows for each halving of the distance to 100 %.
    let ticksPerHalf: Int

    func makeIterator() -> IndexingIterator<[Row]> { self.rows.makeIterator() }

    private var rows: [Row] {
        guard self.counts.count > 0 else { return [] }
        var rows: [Row] = []
        var level = 0.0
        var seen: UInt64 = 0
        let total = Double(self.counts.count)
        for entry in self.counts.entries {
            seen += entry.count
            let value = Int64(BucketLayout.highestValue(at: Int(entry.index)))
            while 100 * Double(seen) / total >= level {
                rows.append(Row(value: value, level: level / 100, count: seen))
                if seen == self.counts.count { break }
                level += 100 / Double(self.ticks(at: level))
            }
        }
        if let last = rows.last, last.level < 1 { rows.append(Row(value: last.value, level: 1, count: seen)) }
        return rows
    }

    /// Rows between 0 and 100 % at the spacing that holds at a level.
    private func ticks(at level: Double) -> Int {
        var (halvings, distance) = (1, 100 - level)
        while distance <= 50, halvings < 60 {
            distance *= 2
            halvings += 1
        }
        return self.ticksPerHalf << halvings
    }
}
