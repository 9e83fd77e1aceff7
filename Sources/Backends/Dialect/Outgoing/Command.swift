package import NIOCore

/// What an agent wants from its backend.
package enum Command: Sendable {
    /// Become a member of a room.
    case join(room: String)
    /// Stop being a member, and stay connected.
    case leave
    /// Publish a signal: one complete JSON object, as ``Target`` says to whom.
    ///
    /// The `id` comes back in ``Inbound/sent(_:)`` when the send had to be queued.
    case send(signal: ByteBuffer, to: Target, id: UInt64)
    /// Say goodbye and close the connection.
    case close
}
