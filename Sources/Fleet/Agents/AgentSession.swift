import Signaling

/// Where an agent stands between its plan and the backend, as a value: events in, what to do out.
///
/// Every event that a backend can cause has an answer in every phase.
struct AgentSession {
    /// Where it stands.
    enum Phase: UInt8 {
        /// Not there: before its arrival, after its departure. Next: preparing, connecting.
        case absent
        /// Obtaining what a session needs before it can connect. Next: connecting, lost, absent.
        case preparing
        /// The connection is being opened, or waits for the welcome. Next: joining, lost, leaving, absent.
        case connecting
        /// Waiting for the join. Next: joined, lost, leaving.
        case joining
        /// A member. Next: leaving, lost.
        case joined
        /// On its way out as planned. Next: absent, or preparing or connecting when it arrives again before it is gone.
        case leaving
        /// Lost its connection, or never got one. Next: preparing, connecting, absent.
        case lost
    }

    /// How to get the next connection.
    enum ConnectAction: Equatable { case prepare, dial }

    /// What a join came to.
    enum JoinAction: Equatable {
        /// It was not waited for.
        case ignore
        /// The backend confirms late what was taken for granted.
        case confirmedLate
        /// The agent is a member now.
        ///
        /// - Parameters:
        ///   - isFirst: whether it was never one before.
        ///   - wasRefused: whether it had been counted as refused.
        ///   - lostAt: when it had lost the connection before; nil when it had not.
        case member(isFirst: Bool, wasRefused: Bool, lostAt: Instant?)
    }

    /// What the end of a connection came to.
    enum EndAction: Equatable {
        /// A planned departure is over.
        case left
        /// A member lost its connection; `again` when it had not been back since the last time.
        case lost(again: Bool)
        /// It was not let in.
        ///
        /// - Parameter isFirst: whether the agent is to be counted as refused, which it is once.
        case refused(isFirst: Bool)
    }

    /// How to depart.
    enum DepartAction: Equatable {
        /// A member: hang up as the profile says.
        case hangUp
        /// A connection that never became a member's is dropped.
        case drop
        /// There is none.
        case nothing
    }

    private(set) var phase = Phase.absent
    /// Index of the planned session; −1 before the first.
    private(set) var planned: Int32 = -1
    /// Connections begun so far; voids the timers of earlier ones.
    private(set) var connections: UInt32 = 0
    /// Connections begun in a row that did not end in a join.
    private(set) var attempts = 0
    private(set) var everJoined = false
    private(set) var isCountedRefused = false
    /// Whether the backend refused to let it in.
    private(set) var isRefusedByBackend = false
    /// Whether the backend has not shown yet that the agent is a member.
    private(set) var isUnconfirmed = false
    private(set) var startedAt = Instant(nanoseconds: 0)
    private(set) var joinAskedAt = Instant(nanoseconds: 0)
    private(set) var joinedAt = Instant(nanoseconds: 0)
    private(set) var lostAt: Instant?

    /// The instance that stands in its tags: which of its connections it is, from 0.
    var instance: UInt32 { self.connections &- 1 }

    var isJoined: Bool { self.phase == .joined }

    /// Whether a connection is on its way to membership.
    var isWaiting: Bool {
        switch self.phase {
        case .preparing, .connecting, .joining: true
        case .absent, .joined, .leaving, .lost: false
        }
    }

    /// A planned session begins.
    mutating func arrive(_ planned: Int32, hasTicket: Bool, at now: Instant) -> ConnectAction {
        self.planned = planned
        self.attempts = 0
        return self.connect(hasTicket: hasTicket, at: now)
    }

    /// The back-off after a lost connection is over.
    mutating func retry(hasTicket: Bool, at now: Instant) -> ConnectAction? {
        self.phase == .lost ? self.connect(hasTicket: hasTicket, at: now) : nil
    }

    private mutating func connect(hasTicket: Bool, at now: Instant) -> ConnectAction {
        self.connections &+= 1
        self.startedAt = now
        self.isUnconfirmed = false
        self.phase = hasTicket ? .connecting : .preparing
        return hasTicket ? .dial : .prepare
    }

    /// What the session needs is there; whether it is still wanted.
    mutating func ticketGiven(for connection: UInt32, at now: Instant) -> Bool {
        guard self.phase == .preparing, connection == self.connections else { return false }
        self.phase = .connecting
        self.startedAt = now
        return true
    }

    /// The backend named the agent; whether to join.
    mutating func welcomed(at now: Instant) -> Bool {
        guard self.phase == .connecting else { return false }
        self.phase = .joining
        self.joinAskedAt = now
        return true
    }

    /// The backend confirmed the join, or its grace is over.
    mutating func joined(confirmed: Bool, at now: Instant) -> JoinAction {
        switch self.phase {
        case .joining: break
        case .joined:
            guard self.isUnconfirmed, confirmed else { return .ignore }
            self.isUnconfirmed = false
            return .confirmedLate
        case .absent, .preparing, .connecting, .leaving, .lost: return .ignore
        }
        let action = JoinAction.member(
            isFirst: !self.everJoined, wasRefused: self.isCountedRefused, lostAt: self.lostAt)
        self.phase = .joined
        self.joinedAt = now
        self.attempts = 0
        self.isUnconfirmed = !confirmed
        self.everJoined = true
        self.isCountedRefused = false
        self.lostAt = nil
        return action
    }

    /// The backend answered with an error; before it is a member that is a refusal.
    mutating func refused() {
        if self.phase == .connecting || self.phase == .joining { self.isRefusedByBackend = true }
    }

    /// A delivery showed that the agent is in its room; whether that was not known before.
    mutating func heardItsRoom() -> Bool {
        guard self.isUnconfirmed, self.phase == .joined else { return false }
        self.isUnconfirmed = false
        return true
    }

    /// The connection ended, or the ticket was not given.
    ///
    /// - Parameters:
    ///   - now: when.
    ///   - isOver: whether the run is.
    /// - Returns: what it came to.
    mutating func ended(at now: Instant, isOver: Bool) -> EndAction {
        let before = self.phase
        if before == .leaving || before == .absent || isOver {
            self.phase = .absent
            return .left
        }
        self.phase = .lost
        self.attempts += 1
        if before == .joined {
            let again = self.lostAt != nil
            self.lostAt = now
            return .lost(again: again)
        }
        let isFirst = !self.everJoined && !self.isCountedRefused
        if isFirst { self.isCountedRefused = true }
        return .refused(isFirst: isFirst)
    }

    /// A planned stay ends.
    ///
    /// - Returns: how to go; and whether a loss that was not made good is over with it.
    mutating func depart() -> (action: DepartAction, endsOutage: Bool) {
        let endsOutage = self.lostAt != nil
        self.lostAt = nil
        switch self.phase {
        case .joined:
            self.phase = .leaving
            return (.hangUp, endsOutage)
        case .connecting, .joining:
            self.phase = .leaving
            return (.drop, endsOutage)
        case .preparing, .lost, .absent, .leaving:
            if self.phase != .leaving { self.phase = .absent }
            return (.nothing, endsOutage)
        }
    }
}
