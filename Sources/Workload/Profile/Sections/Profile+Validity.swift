extension Profile {
    /// Limits beyond which the generator, and not the backend, would have been measured.
    package struct Validity: Codable, Equatable, Sendable {
        /// Send lateness p99 as a share of fan-out p99, though never below 5 ms.
        package var lateness = Ratio.percent(10)
        /// Loop lag p99.
        package var loopLag = Duration.milliseconds(20)
        /// The busiest event loop, as a share of one core.
        package var cpu = Ratio.percent(90)

        package init() {}
    }
}
