package import Measure
package import Signaling

/// What a fleet brings home.
package struct FleetOutcome: Sendable {
    /// How a run ended.
    package enum Ending: Sendable, Equatable {
        /// As planned.
        case completed
        /// By the user.
        case interrupted
        /// The backend went away at so many seconds after T0, and did not come back.
        case backendLost(at: Double, detail: String)
    }

    package var samples: LoopSamples
    package var ending: Ending
    /// What stood before the names of rooms on the wire.
    package var roomPrefix: String
    /// T0.
    package var startedAt: Instant
    /// Seconds from T0 to the end.
    package var duration: Double
    /// When each phase began and ended, in seconds since T0, as far as the run came.
    package var phases: [(phase: FleetPhase, start: Double, end: Double)]
    /// Connections that were opened to each remote address.
    package var addresses: [String: Int] = [:]

    package init(
        samples: LoopSamples, ending: Ending, roomPrefix: String, startedAt: Instant, duration: Double,
        phases: [(phase: FleetPhase, start: Double, end: Double)]
    ) {
        self.samples = samples
        self.ending = ending
        self.roomPrefix = roomPrefix
        self.startedAt = startedAt
        self.duration = duration
        self.phases = phases
    }
}

extension FleetOutcome {
    /// Takes what another part of the same plan brought home; the longer part says when each phase ended.
    package mutating func add(_ other: FleetOutcome) {
        self.samples.add(other.samples)
        if self.ending == .completed { self.ending = other.ending }
        self.addresses.merge(other.addresses, uniquingKeysWith: +)
        if other.duration > self.duration { (self.duration, self.phases) = (other.duration, other.phases) }
    }
}
