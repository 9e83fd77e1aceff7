package import Signaling

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
    package var kind: SignalKind
    /// Whether it is the last candidate of its description.
    package var isLast: Bool
    /// Whether somebody was joining or leaving when it was sent.
    package var mayBeGrey: Bool

    /// Everyone in the room.
    package static let everyone: Int32 = -1
    /// A peer that is not one of our agents.
    package static let foreignPeer: Int32 = -2
}
