/// What a dialect asks of its Engine.IO connection.
///
/// Protocol: https://github.com/socketio/engine.io-protocol.
package struct EngineIOPlan: Equatable, Sendable {
    /// The revision of the protocol, as in the query parameter `EIO`.
    package enum Version: Int, Equatable, Sendable {
        /// Socket.IO 1.0; only our servers speak it. What it has in common with the next is all that signaling needs.
        case v2 = 2
        case v3 = 3
        case v4 = 4
    }

    /// The transports of a connection in order, written as in the option `transports` of socket.io-client.
    package enum Transport: String, CaseIterable, Equatable, Sendable {
        /// A WebSocket from the beginning.
        case webSocket = "websocket"
        /// Long-polling from the beginning to the end.
        case polling
        /// Long-polling, which a WebSocket then takes over.
        case upgrade = "polling,websocket"
    }

    package var version: Version
    package var transport: Transport
    /// Path to ask for, and the user's own query.
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

    /// What long-polling asks for.
    ///
    /// - Parameter session: the `sid`; nil for the request that begins one.
    /// - Returns: path and query.
    package func polling(session: String? = nil) -> String { self.target("polling", session: session) }

    /// What the WebSocket of a connection is asked for.
    ///
    /// - Parameter session: the `sid` of the polling session that it takes over; nil when it begins one.
    /// - Returns: the plan of that WebSocket.
    package func webSocket(session: String? = nil) -> WebSocketPlan {
        WebSocketPlan(
            data: .text, path: self.target("websocket", session: session), maxMessageBytes: self.maxMessageBytes)
    }

    /// The same where a redirect leads; what Engine.IO itself says in the query is said anew.
    func redirected(to url: BackendURL) -> EngineIOPlan {
        let own = url.queryText.split(separator: "&").filter { pair in
            !["EIO", "transport", "sid", "t"].contains(pair.prefix { $0 != "=" })
        }
        var plan = self
        plan.path = url.pathAlone + (own.isEmpty ? "" : "?" + own.joined(separator: "&"))
        return plan
    }

    /// The request target of a transport: what Engine.IO says in the query first, then the user's own.
    func target(_ transport: String, session: String? = nil) -> String {
        let sides = self.path.split(separator: "?", maxSplits: 1).map(String.init)
        let sid = session.map { "&sid=\($0)" } ?? ""
        let own = sides.count == 2 ? "&\(sides[1])" : ""
        return "\(sides[0])?EIO=\(self.version.rawValue)&transport=\(transport)\(sid)\(own)"
    }
}
