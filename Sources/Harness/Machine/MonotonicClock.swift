import Glibc
package import Signaling

/// The driver's clock as everybody below sees it: `CLOCK_MONOTONIC`.
package enum MonotonicClock {
    /// The present instant.
    package static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
