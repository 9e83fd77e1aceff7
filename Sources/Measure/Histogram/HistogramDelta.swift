/// The non-empty slots of a histogram: small, and what an interval of a run is kept and moved as.
package struct HistogramDelta: Equatable, Sendable {
    /// One slot.
    package struct Entry: Equatable, Sendable {
        /// Its index in ``BucketLayout``.
        package var index: Int32
        package var count: UInt64

        package init(index: Int32, count: UInt64) {
            self.index = index
            self.count = count
        }
    }

    /// Slots in the order of their values.
    package private(set) var entries: [Entry]
    /// Samples in them.
    package private(set) var count: UInt64
    /// The least and the greatest recorded value in nanoseconds; 0 without samples.
    package private(set) var min: Int64
    package private(set) var max: Int64
    /// Values below 0 and above an hour, and samples that never arrived.
    package var belowRange: UInt64 = 0
    package var aboveRange: UInt64 = 0
    package var censored: UInt64 = 0

    /// A delta without samples.
    package init() {
        self.entries = []
        self.count = 0
        self.min = 0
        self.max = 0
    }

    init(entries: [Entry], count: UInt64, min: Int64, max: Int64) {
        self.entries = entries
        self.count = count
        self.min = min
        self.max = max
    }

    /// Samples with and without a value that a quantile counts.
    package var total: UInt64 { self.count + self.aboveRange + self.censored }

    /// Adds another interval's or loop's counts; exact, and in any order the same.
    package mutating func add(_ other: HistogramDelta) {
        self.belowRange += other.belowRange
        self.aboveRange += other.aboveRange
        self.censored += other.censored
        guard other.count > 0 else { return }
        self.min = self.count == 0 ? other.min : Swift.min(self.min, other.min)
        self.max = Swift.max(self.max, other.max)
        self.count += other.count
        var merged: [Entry] = []
        merged.reserveCapacity(Swift.max(self.entries.count, other.entries.count))
        var (a, b) = (self.entries[...], other.entries[...])
        while let left = a.first, let right = b.first {
            if left.index == right.index {
                merged.append(Entry(index: left.index, count: left.count + right.count))
                a.removeFirst()
                b.removeFirst()
            } else if left.index < right.index {
                merged.append(left)
                a.removeFirst()
            } else {
                merged.append(right)
                b.removeFirst()
            }
        }
        self.entries = merged + a + b
    }
}
