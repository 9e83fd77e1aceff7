/// How a dialect's bytes travel.
package enum CarrierPlan: Equatable, Sendable {
    /// WebSocket messages (RFC 6455) after an HTTP/1.1 upgrade.
    case webSocket(WebSocketPlan)
    /// Engine.IO packets, one dialect message each; in the end they travel by WebSocket.
    case engineIO(EngineIOPlan)
    /// Bytes as they come, over TCP, or TLS where the URL asks for it.
    case stream

    /// How the bytes of an open connection are cut into what a dialect reads.
    package var framing: CarrierFraming {
        switch self {
        case .webSocket(let plan): plan.isStream ? .webSocketStream : .webSocketMessages
        case .engineIO: .engineIOPackets
        case .stream: .bytes
        }
    }
}
