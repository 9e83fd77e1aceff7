/// From where on the instrument counts as not fit.
///
/// The defaults hold on a noisy machine of two cores at moderate load; published numbers want tighter ones
/// (`measurement.md` 1.7).
package struct ValidityLimits: Equatable, Sendable {
    /// Send lateness p99 as a share of the fan-out p99.
    package var latenessShare: Double
    /// The lateness that is always allowed, in milliseconds.
    package var latenessFloor: Double
    /// Loop lag p99 in milliseconds, at most; see ``loopLag(besideFanout:)``.
    package var loopLag: Double
    /// Share of a core of the busiest loop.
    package var cpu: Double
    /// Messages never sent ÷ messages due.
    package var unsentShare: Double
    /// Share of steady that the CPU quota kept this process from running.
    package var throttled: Double
    /// |the broker's count − ours| ÷ ours.
    package var brokerShare: Double
    /// Members, and messages, in the run's rooms that may be none of its own.
    package var foreignShare: Double

    /// What the loop lag may be where the profile does not widen it.
    package static let usualLoopLag = 20.0

    package init(
        latenessShare: Double = 0.1,
        latenessFloor: Double = 5,
        loopLag: Double = ValidityLimits.usualLoopLag,
        cpu: Double = 0.9,
        unsentShare: Double = 0.01,
        throttled: Double = 0.05,
        brokerShare: Double = 0.01,
        foreignShare: Double = 0.01
    ) {
        self.latenessShare = latenessShare
        self.latenessFloor = latenessFloor
        self.loopLag = loopLag
        self.cpu = cpu
        self.unsentShare = unsentShare
        self.throttled = throttled
        self.brokerShare = brokerShare
        self.foreignShare = foreignShare
    }

    /// The most lateness that is fit beside a fan-out p99, in milliseconds.
    package func lateness(besideFanout p99: Double?) -> Double {
        max(self.latenessFloor, (p99 ?? 0) * self.latenessShare)
    }

    /// The most loop lag that is fit beside a fan-out p99, in milliseconds.
    ///
    /// Judged as lateness is, and never beyond ``loopLag``; a profile that allows more than the usual means it.
    package func loopLag(besideFanout p99: Double?) -> Double {
        guard self.loopLag <= Self.usualLoopLag, let p99 else { return self.loopLag }
        return min(self.loopLag, self.lateness(besideFanout: p99))
    }
}
