import Signaling

/// The values of `op` in the relay's protocol.
enum RelayOperation: String {
    // Server to client.
    case welcome
    case joined
    case left
    case peerJoined = "peer-joined"
    case peerLeft = "peer-left"
    case error
    // Both ways.
    case message
    // Client to server.
    case join
    case leave

    /// Reads the value of `op`.
    init?(_ value: JSONWalker.Value, in bytes: UnsafeRawBufferPointer) {
        guard value.isString, let name = JSONText.unescape(value.content, in: bytes) else { return nil }
        self.init(rawValue: String(decoding: name, as: UTF8.self))
    }
}
