extension Profile {
    /// The phases after the ramp; the ramp itself lasts as long as arrivals and calls take.
    package struct Phases: Equatable, Sendable {
        package var warmup = Duration.seconds(3)
        /// The window whose messages are measured.
        package var steady = Duration.seconds(20)
        /// How long the last deliveries are waited for, at most.
        package var drain = Duration.seconds(5)

        package init() {}
    }

    /// Limits beyond which the generator, and not the backend, would have been measured.
    package struct Validity: Equatable, Sendable {
        /// Send lateness p99 as a share of fan-out p99, though never below 5 ms.
        package var lateness = Ratio.percent(10)
        /// Loop lag p99.
        package var loopLag = Duration.milliseconds(20)
        /// The busiest event loop, as a share of one core.
        package var cpu = Ratio.percent(90)
        /// Share of steady that a CPU quota may keep the generator from running.
        package var throttled = Ratio.percent(5)

        package init() {}
    }

    /// The load generator itself; no part of what is compared between runs.
    package struct Generator: Equatable, Sendable {
        /// Event loops; `auto`: one for each core, and never more than rooms.
        package var loops = Limit.auto

        package init() {}
    }
}
