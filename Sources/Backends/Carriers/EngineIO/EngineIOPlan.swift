/// What a dialect asks of its Engine.IO connection.
///
/// Protocol: https://github.com/socketio/engine.io-protocol.
package struct EngineIOPlan: Equatable, Sendable {
    /// The revision of the protocol, as in the query parameter `EIO`.
    package enum Version: Int, Equatable, Sendable {
        case v3 = 3
        case v4 = 4
    }

    /// How a connection begins.
    package enum Transport: String, CaseIterable, Equatable, Sendable {
        /// With a WebSocket at once.
        case webSocket = "websocket"
        /// With long-polling, which a WebSocket then takes over.
        case upgrade
    }

    package var version: Version
    package var transport: Transport
    /// Path to ask for, without the query.
    package var path: String
    /// The greatest packet accepted from the backend, in bytes.
    package var maxMessageBytes: Int

    package init(version: Version, transport: Transport, path: String = "/socket.io/", maxMessageBytes: Int = 16 << 20)
    {
        self.version = version
        self.transport = transport
        self.path = path
        self.maxMessageBytes = maxMessageBytes
    }

    /// What the WebSocket of a connection is asked for.
    ///
    /// - Parameter session: the `sid` of the polling session that it takes over; nil when it begins one.
    /// - Returns: the plan of that WebSocket.
    package func webSocket(session: String? = nil) -> WebSocketPlan {
        let sid = session.map { "&sid=\($0)" } ?? ""
        return WebSocketPlan(
            data: .text, path: "\(self.path)?EIO=\(self.version.rawValue)&transport=websocket\(sid)",
            maxMessageBytes: self.maxMessageBytes)
    }
}
