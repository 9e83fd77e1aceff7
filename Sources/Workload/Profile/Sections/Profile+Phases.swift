extension Profile {
    /// The phases after the ramp; the ramp itself lasts as long as arrivals and calls take.
    package struct Phases: Codable, Equatable, Sendable {
        package var warmup = Duration.seconds(3)
        /// The window whose messages are measured.
        package var steady = Duration.seconds(20)
        /// How long the last deliveries are waited for, at most.
        package var drain = Duration.seconds(5)

        package init() {}
    }
}
