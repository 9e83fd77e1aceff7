/// Everything that a run will do of its own accord, fixed before it begins.
///
/// A pure function of a profile and a seed (``Planner/plan(_:seed:)``), equal to the last nanosecond on every machine.
/// All times are nanoseconds after T0. What depends on others (answers, think times) is drawn by ``PayloadPool``, just
/// as reproducibly.
package struct Plan: Sendable {
    /// What every draw was derived from.
    package let seed: UInt64
    /// The fingerprint of all that follows, 32 hexadecimal digits.
    package let digest: String
    /// `signaling.timeout`: how long a pair has to negotiate.
    package let timeoutNanoseconds: Int64
    /// From one probe of an agent to its next; absent without chatter.
    package let chatterPeriod: Int64?
    package let rooms: [PlannedRoom]
    /// By index; the index is also the order of first arrivals.
    package let agents: [PlannedAgent]
    /// All sessions of agent 0, then of agent 1, …; of one agent by instance.
    package let sessions: [PlannedSession]
    /// By time.
    package let calls: [PlannedCall]
    /// By room.
    package let pairs: [PlannedPair]
    package let phases: PlannedPhases
    /// Pairs that count as expected: those not censored.
    package let expectedPairs: Int
    /// How far the closed forms of the mesh arithmetic hold for this plan.
    package let prediction: PredictionBasis

    /// Whether the closed forms are exact for this plan.
    package var isClean: Bool { self.prediction == .exact }

    /// Why the closed forms are not exact, in words; absent when they are.
    package var uncleanReason: String? { self.prediction.reason }

    /// Pairs that have too little time, and are left out of every ratio.
    package var censoredPairs: Int { self.pairs.count - self.expectedPairs }

    /// When an agent that stays to the end says goodbye: the first to arrive at the end of steady, the others evenly
    /// behind it.
    package func leaves(agent: Int) -> Int64 {
        let step = (self.phases.leaveEnd - self.phases.steadyEnd) / Int64(max(1, self.agents.count))
        return self.phases.steadyEnd + step * Int64(agent)
    }

    init(
        seed: UInt64, timeoutNanoseconds: Int64, chatterPeriod: Int64?, rooms: [PlannedRoom], agents: [PlannedAgent],
        sessions: [PlannedSession], calls: [PlannedCall], pairs: [PlannedPair], phases: PlannedPhases,
        prediction: PredictionBasis
    ) {
        self.seed = seed
        self.timeoutNanoseconds = timeoutNanoseconds
        self.chatterPeriod = chatterPeriod
        self.rooms = rooms
        self.agents = agents
        self.sessions = sessions
        self.calls = calls
        self.pairs = pairs
        self.phases = phases
        self.expectedPairs = pairs.count { !$0.censored }
        self.prediction = prediction
        self.digest = PlanDigest.hexadecimal(
            seed: seed, timeout: timeoutNanoseconds, chatterPeriod: chatterPeriod, rooms: rooms, agents: agents,
            sessions: sessions, calls: calls, pairs: pairs, phases: phases
        )
    }
}

/// Where the phases of a run begin and end, in nanoseconds after T0.
///
/// ramp → warmup → steady → leave → drain. Chatter runs from the end of the ramp to the end of steady.
package struct PlannedPhases: Equatable, Codable, Sendable {
    /// The last first arrival or the last call of the initial plan, whichever is later; warmup begins.
    package let rampEnd: Int64
    package let steadyStart: Int64
    /// The first member leaves.
    package let steadyEnd: Int64
    /// The drain begins: everybody has left.
    package let leaveEnd: Int64
    /// The latest end of the drain.
    package let drainLimit: Int64

    /// The same moment as ``rampEnd``.
    package var warmupStart: Int64 { self.rampEnd }
}

/// How far the closed forms of the mesh arithmetic hold for a plan.
package enum PredictionBasis: Equatable, Sendable {
    /// To the last message.
    case exact
    /// They are the law of a clean mesh, and the run will differ from it.
    case cleanMeshLaw(reason: String)
    /// There is none.
    case none(reason: String)

    /// Why they are not exact.
    package var reason: String? {
        switch self {
        case .exact: nil
        case .cleanMeshLaw(let reason), .none(let reason): reason
        }
    }

    /// Whether a prediction may be shown at all.
    package var exists: Bool {
        switch self {
        case .exact, .cleanMeshLaw: true
        case .none: false
        }
    }
}
