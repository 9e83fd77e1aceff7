package import Signaling

/// What was seen of one expected (or censored) pair of agents.
package struct PairProgress: Sendable {
    /// Indices of the two planned sessions, the smaller first.
    package let sessionA: Int32
    package let sessionB: Int32
    package let room: Int32
    /// First planned call by either at which both were planned to be joined.
    package let start: Instant
    /// Too close to the end of a stay to be expected.
    package let isCensored: Bool
    package var steps: PairStep = []
    /// When the first of its messages was seen.
    package var beganAt: Instant?
    package var negotiatedAt: Instant?
    package var connectableAt: Instant?
    /// Nanoseconds of think and trickle time that the plan put on this pair's way.
    package var planned: Int64 = 0
    /// What the two ends hold when the run ends; set by the fleet.
    package var ending: PairEnding = .unknown
    /// When an end lost its connection, and when both were one again after that, oldest first.
    package var breaks: [PairBreak] = []
    /// Index of the pair's last event in its loop's log, −1 for none.
    package var lastEvent: Int32 = -1

    package init(sessionA: Int32, sessionB: Int32, room: Int32, start: Instant, isCensored: Bool) {
        self.sessionA = sessionA
        self.sessionB = sessionB
        self.room = room
        self.start = start
        self.isCensored = isCensored
    }

    /// Nanoseconds until it was connectable; nil when it never was.
    ///
    /// From the planned call, or from its first message where that came before: an agent that is back calls again at once.
    package var time: Int64? { self.connectableAt.map { $0 - min(self.start, self.beganAt ?? self.start) } }

    /// An end lost its connection; when the other has lost its own already and nothing was mended, that is one break.
    package mutating func lostEnd(at now: Instant) {
        if !self.isBroken { self.breaks.append(PairBreak(at: now)) }
    }

    /// Both ends are one.
    package mutating func mended(at now: Instant) {
        if self.isBroken { self.breaks[self.breaks.count - 1].mendedAt = now }
    }

    /// Whether an end lost its connection and the pair is not one since.
    package var isBroken: Bool { self.breaks.last.map { $0.mendedAt == nil } ?? false }

    /// Why it failed; nil when it became connectable.
    package var failure: FailureReason? {
        if self.connectableAt != nil { return nil }
        if self.steps.contains(.backendRefused) { return .backendRefused }
        if self.steps.contains(.gone) { return .peerGone }
        if self.steps.contains(.altered) { return .altered }
        if self.negotiatedAt != nil { return .candidateLost }
        if !self.steps.contains(.responseSent) {
            return self.steps.contains(.refused) ? .refusedMax : .noResponse
        }
        if !self.steps.contains(.offerSent) { return .noResponse }
        switch self.ending {
        case .bothOffering: return .glare
        case .bothStable: return .falseStable
        case .halfOpen: return .answerTimeout
        case .unknown, .apart: break
        }
        if self.steps.contains(.glared), !self.steps.contains(.answerApplied) { return .glare }
        if !self.steps.contains(.offerReceived) { return .offerTimeout }
        return .answerTimeout
    }
}

/// An end of a pair lost its connection while the pair's call was under way or up.
package struct PairBreak: Equatable, Sendable {
    package var at: Instant
    /// When both ends held one offer and one answer, and candidates, after that.
    package var mendedAt: Instant?

    package init(at: Instant) { self.at = at }
}
