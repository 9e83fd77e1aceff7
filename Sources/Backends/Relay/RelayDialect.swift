package import Signaling

/// The client's side of the relay's JSON protocol, for `relay` and `relay-routed` alike.
///
/// The DocC article "The relay protocol" specifies it. A signal that is written as our server and our agents write it
/// costs a comparison with the expected prefix and the envelope scan; any other order of keys, and any other operation,
/// is read by a tolerant walk.
package struct RelayDialect: Dialect {
    /// Where the session stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: welcoming.
        case closed
        /// The server has to say `welcome` until then. Next: welcomed, closed.
        case welcoming(deadline: Instant)
        /// Named, in no room. Next: joining, closed.
        case welcomed
        /// The server has to confirm the join until then. Next: joined, welcomed, closed.
        case joining(deadline: Instant)
        /// A member. Next: welcomed, joining, closed.
        case joined
    }

    /// Nanoseconds that the server may take to welcome and to confirm.
    let patience: Int64
    var state = State.closed
    /// The id that the server gave; empty before.
    var ownID: [UInt8] = []
    /// The room joined last; empty before.
    var room: [UInt8] = []
    /// How a message of that room begins.
    var prefix: [UInt8] = []

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.patience = settings.connectTimeout
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.state = .welcoming(deadline: now + self.patience)
        self.ownID = []
    }

    package var deadline: Instant? {
        switch self.state {
        case .welcoming(let deadline), .joining(let deadline): deadline
        case .closed, .welcomed, .joined: nil
        }
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        guard let deadline = self.deadline, deadline <= now else { return nil }
        if case .welcoming = self.state {
            throw DialectError(code: .timeout, message: "the relay did not say welcome in time")
        }
        throw DialectError(code: .timeout, message: "the relay did not confirm the join in time")
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return false
    }
}

extension RelayDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: RelayMode.broadcast.rawValue, wire: .relay, title: "WebSocket relay, broadcast",
            summary: "Our own JSON relay: every message goes to every other member, unread.",
            schemes: ["ws", "wss"], options: Self.options, embedded: true),
        BackendDescriptor(
            id: RelayMode.routed.rawValue, wire: .relay, title: "WebSocket relay, routed",
            summary: "The same server, but it stamps `from`, routes by `sendto` and tells who comes and goes.",
            schemes: ["ws", "wss"], options: Self.options, embedded: true),
    ]

    package static func server(for id: String) -> EmbeddedServerKind? {
        RelayMode(rawValue: id).map(EmbeddedServerKind.relay)
    }

    private static let options = [
        OptionInfo(
            key: "echo", defaultValue: "false", values: ["false", "true"],
            summary: "whether the sender receives its own room-wide messages"),
        OptionInfo(key: "path", defaultValue: "/", summary: "path of the WebSocket endpoint"),
        OptionInfo(
            key: "delay", defaultValue: "0ms",
            summary: "how long the embedded server holds every delivery back, exactly"),
    ]

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        let isRouted = settings.id == RelayMode.routed.rawValue
        let limits = ServerOptions()
        let heartbeat = Capabilities.Heartbeat(
            by: .server, intervalMs: Int(limits.pingInterval / 1_000_000),
            timeoutMs: Int(limits.pingTimeout / 1_000_000))
        return Capabilities(
            selfEcho: try OptionReader(settings.options).flag("echo", default: false),
            directed: isRouted ? .routed : .broadcast,
            fromAuthority: isRouted ? .server : .client,
            joinConfirmed: true,
            presenceJoin: isRouted,
            presenceLeave: isRouted ? .server : .bye,
            detectMilliseconds: isRouted ? heartbeat.intervalMs + heartbeat.timeoutMs : nil,
            order: .total,
            delivery: .atMostOnce,
            unknownTarget: isRouted ? .error : nil,
            slowConsumer: .disconnect,
            maxMessageBytes: limits.maxMessageBytes,
            oversize: .close,
            multipleRooms: true,
            heartbeat: heartbeat,
            handshakeTimeoutMilliseconds: Int(limits.handshakeTimeout / 1_000_000))
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        // The option names a path below which servers often stand; the URL's own path says more.
        let path = settings.url.pathAlone == "/" ? OptionReader(settings.options).nonEmpty("path") : nil
        return .webSocket(WebSocketPlan(data: .text, path: path.map { settings.url.target($0) }))
    }
}
