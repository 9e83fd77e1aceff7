package import Signaling

/// One step of one pair, for the sequence diagrams of the worst sessions.
package struct PairEvent: Sendable {
    package enum Note: UInt8, Sendable {
        case sent, received, applied, queued, lost, stale, ignored, glare, rolledBack, invalidState, refusedMax
        case negotiated, connectable, timedOut, restarted
    }

    package var at: Instant
    /// Session index of the agent that acted.
    package var session: Int32
    /// The pair's event before this one, −1 for none.
    package var previous: Int32
    package var kind: SignalKind
    package var note: Note

    package init(at: Instant, session: Int32, previous: Int32, kind: SignalKind, note: Note) {
        self.at = at
        self.session = session
        self.previous = previous
        self.kind = kind
        self.note = note
    }
}
