extension SocketIODialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "socketio", title: "Socket.IO room relay",
            summary:
                "The relay of the multi-party articles on Socket.IO; other people's servers by setting their events.",
            schemes: ["http", "https"],
            options: [
                OptionInfo(key: "path", defaultValue: "/socket.io/", summary: "path of Engine.IO"),
                OptionInfo(
                    key: "transport", defaultValue: "websocket", values: ["websocket", "polling"],
                    summary: "how a session begins; after polling a WebSocket takes over"),
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
            ], embedded: true)
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
