/// The values of `code` in an `error` of the relay.
enum RelayErrorCode: String, CaseIterable {
    /// Not JSON, not an object, an unknown `op`, or a member missing or of the wrong type.
    case badMessage = "bad-message"
    /// A room name that is empty or too long.
    case badRoom = "bad-room"
    /// A message for a room, or a leave of one, that the client is not in.
    case notJoined = "not-joined"
    /// `sendto` names nobody in the room; only `relay-routed`.
    case unknownTarget = "unknown-target"
    /// Over the limit; the connection is closed with 1009.
    case tooBig = "too-big"
    /// The member's queue is full; the connection is closed with 1008.
    case tooSlow = "too-slow"
    /// In as many rooms as one client may be.
    case tooManyRooms = "too-many-rooms"
}
