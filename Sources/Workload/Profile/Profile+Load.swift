extension Profile {
    /// When agents arrive.
    package struct Arrival: Equatable, Sendable {
        package var pattern = Pattern.poisson
        /// Agents a second; the final rate of a ramp; without meaning for a burst.
        package var rate = Rate(perSecond: 50)

        package init() {}

        /// The law of the arrival times.
        package enum Pattern: String, CaseIterable, Sendable {
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

    /// When members press the call button.
    package struct Calls: Equatable, Sendable {
        package var when = When.join
        /// From one caller of a room to the next, when all are present and ``spread`` is absent.
        package var gap = Duration.milliseconds(500)
        /// The window in which the callers of a room call, each at a random moment; 0 = all at once.
        package var spread: Duration?
        package var callers = Callers.all

        package init() {}

        /// What a call waits for.
        package enum When: String, CaseIterable, Sendable {
            /// Each member calls as it arrives.
            case join
            /// All of a room join first.
            case present
            /// Members arrive and call as those of the recording did, each room in its own turn.
            case recorded
        }
    }

    /// The room-wide probe for fan-out latency.
    package struct Chatter: Equatable, Sendable {
        /// Probes a second and agent; above 0.
        package var rate = Rate(perSecond: 1)
        /// Bytes of the probe's `pad` string.
        package var bytes = 200

        package init() {}

        /// How the absence of chatter is written.
        static let off = {
            var chatter = Chatter()
            chatter.rate = Rate(perSecond: 0)
            return chatter
        }()
    }

    /// Members that leave and come back, each by exponential laws of its own.
    package struct Churn: Equatable, Sendable {
        /// Mean time from an arrival to the leave; above 0.
        package var stay = Duration.seconds(10)
        /// Mean time from a leave to the next arrival.
        package var rejoin = Duration.seconds(2)

        package init() {}

        package init(stay: Duration, rejoin: Duration) {
            self.stay = stay
            self.rejoin = rejoin
        }
    }
}
