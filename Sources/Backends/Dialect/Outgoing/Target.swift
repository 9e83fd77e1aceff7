package import Signaling

/// Whom a signal is for.
package enum Target: Equatable, Sendable {
    /// Every member of the room.
    case room
    /// One member; the signal's `sendto` says the same.
    case peer(PeerID)
}
