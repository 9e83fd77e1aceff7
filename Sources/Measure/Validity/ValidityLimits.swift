/// From where on the instrument counts as not fit.
///
/// The defaults hold on a noisy machine of two cores at moderate load; published numbers want tighter ones
/// (`measurement.md` 1.7).
package struct ValidityLimits: Equatable, Sendable {
    /// Send lateness p99 as a share of the fan-out p99.
    package var latenessShare: Double
    /// The lateness that is always allowed, in milliseconds.
    package var latenessFloor: Double
    /// Loop lag p99 in milliseconds.
    package var loopLag: Double
    /// Share of a core of the busiest loop.
    package var cpu: Double
    /// Messages never sent ÷ messages due.
    package var unsentShare: Double

    package init(
        latenessShare: Double = 0.1,
        latenessFloor: Double = 5,
        loopLag: Double = 20,
        cpu: Double = 0.9,
        unsentShare: Double = 0.01
    ) {
        self.latenessShare = latenessShare
        self.latenessFloor = latenessFloor
        self.loopLag = loopLag
        self.cpu = cpu
        self.unsentShare = unsentShare
    }

    /// The most lateness that is fit beside a fan-out p99, in milliseconds.
    package func lateness(besideFanout p99: Double?) -> Double {
        max(self.latenessFloor, (p99 ?? 0) * self.latenessShare)
    }
}
