import Signaling

/// What an agent remembers of one peer beside the connection that its negotiator holds.
struct PeerState {
    /// Greatest instance seen in the peer's tags.
    var instance: UInt16 = 0
    var isKnown = false
    /// Index in the cell's pair log for the sessions below; −1 when the plan has no call between them.
    var pair: Int32 = -1
    var pairOwnSession: Int32 = -1
    var pairPeerSession: Int32 = -1
    /// When something of the peer arrived last; kept only with a ghost timeout.
    var heardAt = Instant(nanoseconds: 0)
    /// Rises with each description, for the `o=` line.
    var version: Int32 = 0
    /// Generation that candidates were gathered for.
    var gathered: UInt32 = .max
}
