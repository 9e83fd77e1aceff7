import NIOCore

/// One framed text on its way to members of a room.
struct RelayDelivery {
    /// Who is to get it.
    enum Audience {
        case everyone
        case everyoneBut(UInt64)
        case only(UInt64)
    }

    let room: RelayRoom
    /// Number of the event that it is; members who joined later are left out.
    let event: UInt64
    let audience: Audience
    let frame: ByteBuffer
    /// Whether it is a signal, which is counted, and not presence.
    let isSignal: Bool
}
