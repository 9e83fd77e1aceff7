/// Counts about connections and about deliveries outside the ledger; merging is addition.
package struct SessionCounters: Sendable, Equatable, Codable {
    /// Agents that were welcomed and joined at least once.
    package var connected: UInt64 = 0
    /// Connections lost that the plan did not end.
    package var disconnected: UInt64 = 0
    /// Agents that never got in: dial failed, or the backend refused.
    package var refused: UInt64 = 0
    /// Of `refused`, those for want of local file descriptors, ports or memory.
    package var refusedLocally: UInt64 = 0
    /// Joins that the backend did not confirm.
    package var unconfirmed: UInt64 = 0
    package var reconnects: UInt64 = 0
    /// Messages that were never handed to a socket: queue bound, or not connected at their time.
    package var unsent: UInt64 { self.unsentNoConnection + self.unsentBackpressure + self.unsentDeadline }
    package private(set) var unsentNoConnection: UInt64 = 0
    package private(set) var unsentBackpressure: UInt64 = 0
    package private(set) var unsentDeadline: UInt64 = 0
    /// Messages handed to the socket more than 5 ms after they were due.
    package var late: UInt64 = 0
    /// Protocol messages of the backend: welcome, joined, presence, acknowledgements.
    package var control: UInt64 = 0
    /// Of `control`, those that told of another member's coming or going.
    package var notices: UInt64 = 0
    /// Messages without our run's tag.
    package var foreign: UInt64 = 0
    package var foreignBytes: UInt64 = 0
    /// Digests compared, and those that differed.
    package var verified: UInt64 = 0
    package var corrupted: UInt64 = 0
    /// Errors that the backend answered with.
    package var backendErrors: UInt64 = 0
    /// Pairs of an agent with a peer that is not ours, and those stable at the end.
    package var foreignPairs: UInt64 = 0
    package var foreignNegotiated: UInt64 = 0

    /// Sessions of the plan that began, and what became of them.
    package var sessionsPlanned: UInt64 = 0
    package var sessionsJoined: UInt64 = 0
    package var sessionsRefused: UInt64 = 0
    package var sessionsUnconfirmed: UInt64 = 0
    package var sessionsSuperseded: UInt64 = 0
    package var sessionsLost: UInt64 = 0
    /// Sessions that the plan ended within a second of their arrival, before anything had answered.
    package var sessionsExcused: UInt64 = 0
    /// Of the unconfirmed, those in whose rooms others spoke, and that heard nothing of it.
    package var sessionsUnheard: UInt64 = 0
    /// Members of our rooms that are not our agents.
    package var foreignMembers: UInt64 = 0
    /// Bytes of the carriers, framing and protocol included; 0 when they are not counted.
    package var wireSent: UInt64 = 0
    package var wireReceived: UInt64 = 0
    /// Messages or packets of the carriers that were read, acknowledgements and the like included.
    package var wireMessagesReceived: UInt64 = 0

    package init() {}

    /// Counts a message that was due and never left.
    package mutating func countUnsent(_ reason: UnsentReason) {
        switch reason {
        case .noConnection: self.unsentNoConnection += 1
        case .backpressure: self.unsentBackpressure += 1
        case .deadline: self.unsentDeadline += 1
        }
    }

    /// Messages that never left, by reason.
    package func unsent(_ reason: UnsentReason) -> UInt64 {
        switch reason {
        case .noConnection: self.unsentNoConnection
        case .backpressure: self.unsentBackpressure
        case .deadline: self.unsentDeadline
        }
    }

    package mutating func add(_ other: SessionCounters) {
        self.connected += other.connected
        self.disconnected += other.disconnected
        self.refused += other.refused
        self.refusedLocally += other.refusedLocally
        self.unconfirmed += other.unconfirmed
        self.reconnects += other.reconnects
        self.unsentNoConnection += other.unsentNoConnection
        self.unsentBackpressure += other.unsentBackpressure
        self.unsentDeadline += other.unsentDeadline
        self.late += other.late
        self.control += other.control
        self.notices += other.notices
        self.foreign += other.foreign
        self.foreignBytes += other.foreignBytes
        self.verified += other.verified
        self.corrupted += other.corrupted
        self.backendErrors += other.backendErrors
        self.foreignPairs += other.foreignPairs
        self.foreignNegotiated += other.foreignNegotiated
        self.sessionsPlanned += other.sessionsPlanned
        self.sessionsJoined += other.sessionsJoined
        self.sessionsRefused += other.sessionsRefused
        self.sessionsUnconfirmed += other.sessionsUnconfirmed
        self.sessionsSuperseded += other.sessionsSuperseded
        self.sessionsLost += other.sessionsLost
        self.sessionsExcused += other.sessionsExcused
        self.sessionsUnheard += other.sessionsUnheard
        self.foreignMembers += other.foreignMembers
        self.wireSent += other.wireSent
        self.wireReceived += other.wireReceived
        self.wireMessagesReceived += other.wireMessagesReceived
    }
}
