/// A point on the driver's monotonic clock.
///
/// The unit is the nanosecond of `CLOCK_MONOTONIC`. Every latency of a run is a difference of two instants of one
/// process, so no clock is ever compared across machines.
package struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the clock's own, arbitrary origin.
    package var nanoseconds: Int64

    @inlinable
    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Later than every instant a run can reach.
    package static let distantFuture = Instant(nanoseconds: .max)

    @inlinable
    package static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

    /// The instant `nanoseconds` after `a`; negative values go back.
    @inlinable
    package static func + (a: Instant, nanoseconds: Int64) -> Instant {
        Instant(nanoseconds: a.nanoseconds &+ nanoseconds)
    }

    /// Nanoseconds from `b` to `a`.
    @inlinable
    package static func - (a: Instant, b: Instant) -> Int64 { a.nanoseconds &- b.nanoseconds }
}
