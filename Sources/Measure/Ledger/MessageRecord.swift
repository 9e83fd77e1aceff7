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
    /// Whether it waits in a queue of ours for the backend.
    package var isQueued: Bool

    package init(
        kind: SignalKind,
        target: Int32,
        intended: Instant,
        sent: Instant,
        bytes: Int,
        description: UInt64 = 0,
        isLast: Bool = false,
        isQueued: Bool = false
    ) {
        self.kind = kind
        self.target = target
        self.intended = intended
        self.sent = sent
        self.bytes = bytes
        self.description = description
        self.isLast = isLast
        self.isQueued = isQueued
    }
}

/// What the driver remembers of one message while its deliveries are outstanding.
package struct MessageRecord: Sendable {
    /// When the plan wanted it sent.
    package var intended: Instant
    /// When it was handed to the socket.
    package var sent: Instant
    /// First receipt by another member; meaningful when `othersReceived > 0`.
    package var first: Instant
    /// The offer or answer itself, or the one a candidate was gathered for; 0 for the other kinds.
    package var description: UInt64
    /// Room sequence number of membership at the send, to see whether somebody joined since.
    package var membership: UInt32
    /// Required receipts not yet in.
    package var remaining: Int32
    /// Receipts wanted from members other than the sender.
    package var othersRequired: Int32
    /// First receipts of members other than the sender so far.
    package var othersReceived: Int32
    /// The stream it belongs to.
    package var stream: Int32
    /// Position in its stream.
    package var n: UInt32
    /// Bytes of the signal's JSON.
    package var bytes: Int32
    /// Slot it is addressed to; −1 for everyone, −2 for a peer that is not ours.
    package var target: Int32
    /// Its neighbours among the records that owe something, in the order of entering; −1 for none.
    var older: Int32 = -1
    var newer: Int32 = -1
    package var kind: SignalKind
    /// Whether it is the last candidate of its description.
    package var isLast: Bool
    /// Whether it still waits in a queue of ours for the backend.
    package var isQueued: Bool
    /// Whether somebody was joining or leaving when it was sent.
    package var mayBeOptional: Bool
    /// Whether it stands among the records that owe something and are young.
    var isLinked = false

    /// Everyone in the room.
    package static let everyone: Int32 = -1
    /// A peer that is not one of our agents.
    package static let foreignPeer: Int32 = -2

    /// Receipts by members other than the sender that are required and missing.
    package var othersMissing: UInt64 { UInt64(max(0, self.othersRequired - self.othersReceived)) }

    /// Takes one first receipt in; what it is then.
    ///
    /// - Parameters:
    ///   - counts: whether it is required of a member other than the sender.
    ///   - isRequired: whether it is required.
    ///   - now: when it came.
    /// - Returns: a copy.
    @inline(__always)
    mutating func received(counts: Bool, isRequired: Bool, at now: Instant) -> MessageRecord {
        if counts {
            self.othersReceived &+= 1
            if self.othersReceived == 1 { self.first = now }
        }
        if isRequired { self.remaining &-= 1 }
        return self
    }
}
