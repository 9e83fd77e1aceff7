package import NIOCore
package import Signaling

/// The client's side of a Socket.IO room relay, ours or somebody else's whose events have the same shape.
///
/// Engine.IO's packets are handled here as well, by ``EngineIOClient``. The DocC article "Socket.IO relay" specifies what is
/// said.
package struct SocketIODialect: Dialect {
    /// Where the membership stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: opening.
        case closed
        /// Engine.IO's handshake is owed until then. Next: connecting, closed.
        case opening(until: Instant)
        /// The namespace's answer is owed until then. Next: connected, closed.
        case connecting(until: Instant)
        /// Named, in no room. Next: joining, closed.
        case connected
        /// `join` is out; its acknowledgement bears the id 0. Next: joined, connected, closed.
        case joining
        /// A member. Next: connected, closed.
        case joined
    }

    let settings: SocketIOSettings
    let patience: Int64
    var engine: EngineIOClient
    var state = State.closed
    var ownID: [UInt8] = []
    /// How a signal's packet begins, after Engine.IO's digit.
    let head: [UInt8]
    let directHead: [UInt8]
    let sentHead: [UInt8]
    let sentDirectHead: [UInt8]
    let signalEvents: Set<String>
    /// What a lost connection leaves to the next one.
    var recovery = SocketIORecovery()
    var unknown = UnknownEvents()
    /// Whether the server puts arguments behind a signal; nil before the first one, which is read as a whole.
    var hasFurtherArguments: Bool?
    /// The room that was asked for last.
    var room: [UInt8] = []
    /// Holds a signal that came as a JSON string.
    package var scratch = ByteBuffer()

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.settings = try SocketIOSettings(settings)
        self.patience = settings.connectTimeout
        self.engine = EngineIOClient(self.settings.version)
        self.head = self.settings.head(of: self.settings.message)
        let direct = self.settings.direct.isEmpty ? self.settings.message : self.settings.direct
        self.directHead = self.settings.head(of: direct)
        self.sentHead = [EngineIOPacketType.message.rawValue] + self.head
        self.sentDirectHead = [EngineIOPacketType.message.rawValue] + self.directHead
        self.signalEvents = self.settings.signalEvents
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.engine.opened()
        self.recovery.opened()
        self.unknown = UnknownEvents()
        self.hasFurtherArguments = self.settings.signalPlace.isFirstArgument ? nil : true
        self.state = .opening(until: now + self.patience)
    }

    package var announced: [Announcement] { self.engine.announced }

    package var overlooked: UnknownEvents { self.unknown }

    package var deadline: Instant? {
        switch self.state {
        case .opening(let until), .connecting(let until): min(until, self.engine.deadline ?? until)
        case .closed, .connected, .joining, .joined: self.engine.deadline
        }
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        switch self.state {
        case .opening(let until) where until <= now:
            throw DialectError(code: .timeout, message: "timeout waiting for Engine.IO's handshake")
        case .connecting(let until) where until <= now:
            throw DialectError(code: .timeout, message: "timeout waiting for the answer to CONNECT")
        case .closed, .opening, .connecting, .connected, .joining, .joined: break
        }
        try self.engine.expired(now: now, into: &out)
        return nil
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return self.recovery.isOffered
    }
}

extension SocketIODialect {
    package static func server(for id: String) -> EmbeddedServerKind? { .engineIO { SocketIORelay(hub: $0) } }

    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "socketio", wire: .socketIO, title: "Socket.IO room relay",
            summary:
                "The relay of the multi-party articles on Socket.IO; other people's servers by setting their events.",
            schemes: ["http", "https", "ws", "wss"],
            options: [
                OptionInfo(key: "path", defaultValue: "/socket.io/", summary: "path of Engine.IO"),
                OptionInfo(
                    key: "transport", defaultValue: "websocket",
                    values: EngineIOPlan.Transport.allCases.map(\.rawValue),
                    summary: "transports in order; after polling,websocket a WebSocket takes over"),
                OptionInfo(
                    key: "engine", defaultValue: "4", values: ["3", "4"],
                    summary: "revision of Engine.IO; 3 is that of Socket.IO 1 and 2"),
                OptionInfo(
                    key: "joinAck", defaultValue: "auto", values: ["auto", "always"],
                    summary: "whether to wait for the answer to a join however long it takes, or joinGrace at most"),
                OptionInfo(key: "events.join", defaultValue: "enter", summary: "event that asks for a room"),
                OptionInfo(key: "events.message", defaultValue: "message", summary: "event that carries a signal"),
                OptionInfo(
                    key: "events.direct", defaultValue: "", summary: "event for one member, where it has its own"),
                OptionInfo(
                    key: "events.left", defaultValue: "user disconnected", summary: "event that tells who left"),
                OptionInfo(key: "fields.to", defaultValue: "sendto", summary: "field that the server routes by"),
                OptionInfo(
                    key: "fields.from", defaultValue: "from", summary: "field that the server writes the sender into"),
                OptionInfo(
                    key: "namespace", defaultValue: "/", summary: "namespace; else the path of the URL"),
                OptionInfo(key: "auth", defaultValue: "", summary: "payload of CONNECT, a JSON object"),
                OptionInfo(key: "query", defaultValue: "", summary: "further query parameters, beside the URL's own"),
                OptionInfo(
                    key: "args.join", defaultValue: #"["{room}"]"#,
                    summary: "arguments of a join, a JSON array; {room} and {id} stand for values"),
                OptionInfo(
                    key: "args.message", defaultValue: #"["{signal}"]"#,
                    summary: "arguments of a signal; {room}, {signal}, {signalText}, {to} and {id} stand for values"),
                OptionInfo(
                    key: "signalAt", defaultValue: "0",
                    summary: "where a received event has its signal: the number of an argument, then keys (1.sdp)"),
            ]
                + SignalKind.allCases.map { kind in
                    OptionInfo(
                        key: "events.\(kind.name)", defaultValue: "",
                        summary: "event of signals of type \(kind.name), where it is another than events.message")
                }, embedded: true)
    ]

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        let options = try SocketIOSettings(settings)
        let limits = ServerOptions()
        return Capabilities(
            selfEcho: false,
            directed: .routed,
            fromAuthority: options.from == "from" ? .server : .client,
            joinConfirmed: settings.options["joinAck"] == "always",
            presenceLeave: .server,
            detectMilliseconds: Int((limits.pingInterval + limits.pingTimeout) / 1_000_000),
            order: .fifo,
            delivery: .atMostOnce,
            unknownTarget: .drop,
            slowConsumer: .disconnect,
            maxMessageBytes: limits.maxMessageBytes,
            oversize: .close,
            multipleRooms: false,
            heartbeat: Capabilities.Heartbeat(
                by: options.version == .v4 ? .server : .client, intervalMs: Int(limits.pingInterval / 1_000_000),
                timeoutMs: Int(limits.pingTimeout / 1_000_000)),
            handshakeTimeoutMilliseconds: Int(limits.handshakeTimeout / 1_000_000))
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        let options = try SocketIOSettings(settings)
        return .engineIO(
            EngineIOPlan(version: options.version, transport: options.transport, path: options.path))
    }
}
