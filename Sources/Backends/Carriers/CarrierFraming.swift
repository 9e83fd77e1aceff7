/// How the bytes of an open connection are cut into what a dialect reads.
package enum CarrierFraming: UInt8, Equatable, Sendable {
    /// Each WebSocket message is one message of the dialect.
    case webSocketMessages
    /// The contents of binary WebSocket messages, one after another, are one stream of bytes.
    case webSocketStream
    /// Each text message of a WebSocket is one Engine.IO packet; binary ones carry attachments, which no signal has.
    case engineIOPackets
    /// The transport hands over whole messages and takes whole messages, such as packets in the bodies of requests.
    case messages
    /// No framing.
    case bytes

    /// The only kind of data frame that the backend may send; nil for either.
    var dataKind: WebSocketOpcode? {
        switch self {
        case .webSocketMessages: .text
        case .webSocketStream: .binary
        case .engineIOPackets, .messages, .bytes: nil
        }
    }

    /// Whether WebSocket frames lie around everything.
    package var isWebSocket: Bool {
        switch self {
        case .webSocketMessages, .webSocketStream, .engineIOPackets: true
        case .messages, .bytes: false
        }
    }
}
