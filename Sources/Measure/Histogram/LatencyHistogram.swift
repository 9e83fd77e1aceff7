package import Histogram

/// A distribution of latencies from 64 ns to one hour with three significant digits.
///
/// One per event loop and metric, merged at the end: merging adds counts and loses nothing. Samples that never arrived
/// are not left out, they stand above every value (``censor(_:)``); values that no latency can have are counted apart.
/// It takes 216 KiB from its first sample on; until then all share the same empty counts.
package struct LatencyHistogram: Equatable, Sendable {
    @usableFromInline var counts: Histogram<UInt64>

    /// Values below 0: the receipt was timed before the send, which is a defect of the instrument.
    package private(set) var belowRange: UInt64 = 0

    /// Values above an hour; quantiles count them among the samples without a value.
    package private(set) var aboveRange: UInt64 = 0

    /// Samples that had not arrived when the run ended; quantiles place them above every value.
    package private(set) var censored: UInt64 = 0

    /// How long the one of them was waited for that was waited for longest, in nanoseconds.
    package private(set) var censoredAge: Int64 = 0

    /// Full size from the start: growing on the way would cost milliseconds, on an event loop, while it measures.
    private static let empty = Histogram<UInt64>(
        lowestDiscernibleValue: BucketLayout.lowest, highestTrackableValue: BucketLayout.highest,
        numberOfSignificantValueDigits: .three)

    /// A histogram without samples.
    package init() {
        self.counts = Self.empty
    }

    /// Counts one latency; a few nanoseconds.
    ///
    /// - Parameter nanoseconds: The latency; outside 0 … 1 h it is counted in ``outOfRange``.
    @inlinable
    package mutating func record(nanoseconds: Int64) {
        // One comparison for both ends: a negative number is above the range as an unsigned one.
        guard UInt64(bitPattern: nanoseconds) <= BucketLayout.highest else {
            self.recordOutOfRange(nanoseconds)
            return
        }
        self.counts.record(UInt64(bitPattern: nanoseconds))
    }

    @usableFromInline
    mutating func recordOutOfRange(_ nanoseconds: Int64) {
        if nanoseconds < 0 { self.belowRange += 1 } else { self.aboveRange += 1 }
    }

    /// Counts samples that never arrived.
    ///
    /// - Parameters:
    ///   - samples: How many.
    ///   - age: How long they had been waited for, in nanoseconds: their values are at least that.
    package mutating func censor(_ samples: UInt64, age: Int64 = 0) {
        guard samples > 0 else { return }
        self.censored += samples
        self.censoredAge = Swift.max(self.censoredAge, age)
    }

    /// Starts again from nothing and keeps its memory.
    mutating func reset() {
        if self.counts.totalCount > 0 { self.counts.reset() }
        (self.belowRange, self.aboveRange, self.censored, self.censoredAge) = (0, 0, 0, 0)
    }

    /// Adds another loop's counts; exact, and in any order the same.
    package mutating func add(_ other: LatencyHistogram) {
        if other.count > 0 { self.counts.add(other.counts) }
        self.countMissing(below: other.belowRange, above: other.aboveRange, censored: other.censored)
        self.censoredAge = Swift.max(self.censoredAge, other.censoredAge)
    }

    /// Waited for at the least as long.
    mutating func raiseCensoredAge(to age: Int64) { self.censoredAge = Swift.max(self.censoredAge, age) }

    mutating func countMissing(below: UInt64, above: UInt64, censored: UInt64) {
        self.belowRange += below
        self.aboveRange += above
        self.censored += censored
    }

    /// Samples with a value.
    package var count: UInt64 { self.counts.totalCount }

    /// Values outside 0 … 1 h.
    package var outOfRange: UInt64 { self.belowRange + self.aboveRange }

    /// Samples with and without a value that a quantile counts.
    package var total: UInt64 { self.count + self.aboveRange + self.censored }
}
