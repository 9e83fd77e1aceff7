/// One window of the glare sweep: how many pairs completed, and how many had to by the law.
///
/// Under per-sender order a pair of the published client glares exactly when its two calls are less than one
/// push-to-delivery latency T apart, so that calls spread over a window W complete with a share of (1 − T/W)².
package struct GlarePoint: Codable, Equatable, Sendable {
    /// W/T as asked for.
    package var ratio: Double
    /// W, and T: the median time from a call to its receipt, response think time included, in milliseconds.
    package var window: Double
    package var latency: Double
    package var pairs: Int
    /// Share of pairs that completed.
    package var measured: Double
    /// (1 − T/W)² with the measured T.
    package var predicted: Double
    /// Pairs whose end is not what |t_i − t_j| < T says, and how near to T the farthest of them was, in milliseconds.
    package var exceptions: Int
    package var farthest: Double

    package init(
        ratio: Double, window: Double, latency: Double, pairs: Int, measured: Double, exceptions: Int, farthest: Double
    ) {
        self.ratio = ratio
        self.window = window
        self.latency = latency
        self.pairs = pairs
        self.measured = measured
        let share = max(0, 1 - latency / window)
        self.predicted = share * share
        self.exceptions = exceptions
        self.farthest = farthest
    }
}
