/// One room and who will be in it.
package struct PlannedRoom: Equatable, Sendable {
    package let index: Int
    /// `room-0000`, …; of equal length throughout a plan.
    ///
    /// On the wire the run's prefix stands before it.
    package let name: String
    /// Agents by slot; slots follow the order of first arrivals.
    package let members: [Int]
    /// When calling opens in a room whose members call once all are present: a second after its last first arrival.
    ///
    /// Absent when members call as they arrive. With a spread, calls fall at or after it.
    package let callsAt: Int64?
    /// Connections that a member of this room holds at most: `signaling.maxConnections`, `auto` worked out.
    package let maxConnections: Int
}

/// One agent: a place in a room, taken in one or more sessions.
package struct PlannedAgent: Equatable, Sendable {
    package let index: Int
    package let room: Int
    /// Its position in the members of its room.
    package let slot: Int
    /// Its sessions, as indices into ``Plan/sessions``.
    package let sessions: Range<Int>
    /// The offset of its probes in their period, nanoseconds in 0 ..< period; 0 without chatter.
    package let chatterPhase: Int64
}

/// One stay of one agent, from dial to leave.
package struct PlannedSession: Equatable, Sendable {
    package let agent: Int
    /// 0 for the first stay, then 1, 2, …; goes into the tag of every message.
    package let instance: Int
    /// When it dials.
    package let arrive: Int64
    /// When it leaves: the end of steady for those who stay.
    package let depart: Int64
    /// Whether it leaves before the end of steady, by churn.
    package let departsEarly: Bool

    /// How many sessions an agent may have: as many as the tag of a message can number.
    package static let mostPerAgent = 36 * 36
}

/// One press of the call button.
package struct PlannedCall: Equatable, Sendable {
    package let agent: Int
    /// Index into ``Plan/sessions``.
    package let session: Int
    /// Intended time.
    package let at: Int64
    /// Its rank among the calls of its room, from 0.
    package let order: Int
}

/// Two sessions of one room of which at least one is planned to call while both are present.
package struct PlannedPair: Equatable, Sendable {
    // A room of thousands has millions of pairs: 32 bits are enough for indices.
    private let roomIndex: Int32
    private let firstSession: Int32
    private let secondSession: Int32
    /// Whether the pair has less than the timeout, from ``start`` to the first planned leave or the end of steady.
    ///
    /// A censored pair is left out of `negotiation.expected` and of every ratio.
    package let censored: Bool
    /// The first planned call by either at which both are planned to be joined.
    package let start: Int64

    init(room: Int, sessionA: Int, sessionB: Int, start: Int64, censored: Bool) {
        self.roomIndex = Int32(room)
        self.firstSession = Int32(sessionA)
        self.secondSession = Int32(sessionB)
        self.start = start
        self.censored = censored
    }

    package var room: Int { Int(self.roomIndex) }

    /// The smaller index into ``Plan/sessions``.
    package var sessionA: Int { Int(self.firstSession) }

    /// The greater index into ``Plan/sessions``.
    package var sessionB: Int { Int(self.secondSession) }
}
