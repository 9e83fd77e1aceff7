extension Profile {
    /// When agents arrive.
    package struct Arrival: Codable, Equatable, Sendable {
        package var pattern = Pattern.poisson
        /// Agents a second; the final rate of a ramp; without meaning for a burst.
        package var rate = Rate(perSecond: 50)

        package init() {}

        /// The law of the arrival times.
        package enum Pattern: String, Codable, CaseIterable, Sendable {
            /// Evenly spaced.
            case constant
            /// Independent of each other: exponential gaps.
            case poisson
            /// The rate rises linearly from 0 to ``Arrival/rate``, so N agents take 2 N ÷ rate.
            case ramp
            /// Everybody at once.
            case burst
        }
    }
}
