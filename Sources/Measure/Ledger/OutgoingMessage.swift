package import Signaling

/// What a sender tells the ledger about a message that it hands to the socket.
package struct OutgoingMessage: Sendable {
    package var kind: SignalKind
    /// Slot, ``MessageRecord/everyone`` or ``MessageRecord/foreignPeer``.
    package var target: Int32
    package var intended: Instant
    package var sent: Instant
    /// Bytes of the signal's JSON, tag included, envelope and framing excluded.
    package var bytes: Int
    /// The description it is or belongs to; 0 when it has none.
    package var description: UInt64
    /// Whether it is the last candidate of its description.
    package var isLast: Bool

    package init(
        kind: SignalKind,
        target: Int32,
        intended: Instant,
        sent: Instant,
        bytes: Int,
        description: UInt64 = 0,
        isLast: Bool = false
    ) {
        self.kind = kind
        self.target = target
        self.intended = intended
        self.sent = sent
        self.bytes = bytes
        self.description = description
        self.isLast = isLast
    }
}
