extension Profile {
    /// The phases after the ramp; the ramp itself lasts as long as arrivals and calls take.
    package struct Phases: Equatable, Sendable {
        package var warmup = Duration.seconds(3)
        /// The window whose messages are measured.
        package var steady = Duration.seconds(20)
        /// How long the last deliveries are waited for, at most.
        package var drain = Duration.seconds(5)
        /// How long the final leave takes; absent: as long as the arrivals, at most ``longestLeave``.
        package var leave: Duration?

        package init() {}

        /// The final leave of a profile that says nothing of it takes no longer.
        static let longestLeave = Duration.seconds(5)
    }

    /// From the first goodbye at the end of the run to the last.
    ///
    /// Nobody says goodbye where connections just end; who arrived in a burst leaves in one.
    package var leaveTime: Duration {
        guard self.leave == .bye else { return .zero }
        if let leave = self.phases.leave { return leave }
        guard self.arrival.pattern != .burst, self.arrival.rate.perSecond > 0 else { return .zero }
        let seconds = min(Double(self.agents) / self.arrival.rate.perSecond, Phases.longestLeave.seconds)
        return Duration(nanoseconds: PlanTime.nanoseconds(seconds * 1e9))
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
        /// Share of members, and of messages, that may be none of the run's.
        package var foreign = Ratio.percent(1)

        package init() {}
    }

    /// The load generator itself; no part of what is compared between runs.
    package struct Generator: Equatable, Sendable {
        /// Event loops; `auto`: one for each core, and never more than rooms.
        package var loops = Limit.auto

        package init() {}
    }
}
