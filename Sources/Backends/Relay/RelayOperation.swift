/// The values of `op` in the relay's protocol.
enum RelayOperation: String, CaseIterable {
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
    init?(_ value: JSONValue, in bytes: UnsafeRawBufferPointer) {
        guard case .string(let isEscaped) = value.kind else { return nil }
        for operation in Self.allCases
        where JSONString.equals(value.content, isEscaped: isEscaped, in: bytes, Array(operation.rawValue.utf8)) {
            self = operation
            return
        }
        return nil
    }
}
