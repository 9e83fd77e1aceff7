/// How a dialect's bytes travel.
package enum CarrierPlan: Equatable, Sendable {
    /// WebSocket messages (RFC 6455) after an HTTP/1.1 upgrade.
    case webSocket(WebSocketPlan)
    /// Engine.IO packets, one dialect message each, by WebSocket or by long-polling.
    case engineIO(EngineIOPlan)
    /// Requests, and events that are listened for (RFC 9112).
    case http(HTTPPlan)
    /// Bytes as they come, over TCP, or TLS where the URL asks for it.
    case stream
    /// JSON lines to a child process, one dialect message each.
    case pipe(PipePlan)

    /// The greatest message accepted from the backend, in bytes.
    package var maxMessageBytes: Int {
        switch self {
        case .webSocket(let plan): plan.maxMessageBytes
        case .engineIO(let plan): plan.maxMessageBytes
        case .http(let plan): plan.maxMessageBytes
        case .stream: 16 << 20
        case .pipe(let plan): plan.maxLineBytes
        }
    }

    /// How the bytes of an open connection are cut into what a dialect reads.
    package var framing: CarrierFraming {
        switch self {
        case .webSocket(let plan): plan.isStream ? .webSocketStream : .webSocketMessages
        case .engineIO(let plan): plan.transport == .polling ? .messages : .engineIOPackets
        case .http: .messages
        case .stream, .pipe: .bytes
        }
    }
}
