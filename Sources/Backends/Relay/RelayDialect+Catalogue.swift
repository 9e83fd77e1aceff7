extension RelayDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "relay", title: "WebSocket relay, broadcast",
            summary: "Our own JSON relay: every message goes to every other member, unread.",
            schemes: ["ws", "wss"], options: Self.options, embedded: true),
        BackendDescriptor(
            id: "relay-routed", title: "WebSocket relay, routed",
            summary: "The same server, but it stamps `from`, routes by `sendto` and tells who comes and goes.",
            schemes: ["ws", "wss"], options: Self.options, embedded: true),
    ]

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
        let isRouted = settings.id == "relay-routed"
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
        let path = OptionReader(settings.options).text("path")
        return .webSocket(WebSocketPlan(data: .text, path: path.map { $0.hasPrefix("/") ? $0 : "/" + $0 }))
    }
}
