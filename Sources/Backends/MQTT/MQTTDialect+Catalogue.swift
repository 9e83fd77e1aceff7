extension MQTTDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "mqtt", title: "MQTT 3.1.1 broker",
            summary: "Any MQTT broker as a room: one topic for all, or an inbox for each member.",
            schemes: ["mqtt", "mqtts", "ws", "wss"], options: Self.options, embedded: false),
        BackendDescriptor(
            id: "mqtt5", title: "MQTT 5 broker",
            summary: "The same in MQTT 5, which can spare senders their own echo.",
            schemes: ["mqtt", "mqtts", "ws", "wss"],
            options: Self.options + [
                OptionInfo(
                    key: "noLocal", defaultValue: "false", values: ["false", "true"],
                    summary: "whether the broker spares a sender its own messages"),
                OptionInfo(key: "willDelay", defaultValue: "0", summary: "how long the broker keeps a will back"),
                OptionInfo(
                    key: "receiveMaximum", defaultValue: "65535",
                    summary: "unacknowledged messages that the broker may have on their way to an agent"),
            ], embedded: false),
    ]

    private static let options = [
        OptionInfo(
            key: "layout", defaultValue: "broadcast", values: MQTTLayout.allCases.map(\.rawValue),
            summary: "one topic a room, a further one for each member, or Milkcocoa's"),
        OptionInfo(
            key: "qos", defaultValue: "0", values: ["0", "1", "2"], summary: "quality of service, both ways"),
        OptionInfo(key: "app", defaultValue: "signalbench", summary: "first level of Milkcocoa's layout"),
        OptionInfo(
            key: "will", defaultValue: "bye", values: MQTTSettings.Will.allCases.map(\.rawValue),
            summary: "what the broker says of a member that vanished"),
        OptionInfo(
            key: "presence", defaultValue: "none", values: MQTTSettings.Presence.allCases.map(\.rawValue),
            summary: "whether members leave a retained sign of their presence"),
        OptionInfo(key: "user", defaultValue: "", summary: "user name"),
        OptionInfo(key: "password", defaultValue: "", summary: "password"),
        OptionInfo(key: "keepAlive", defaultValue: "60s", summary: "silence after which an agent pings"),
        OptionInfo(
            key: "ackTimeout", defaultValue: "30s",
            summary: "how long the broker may take to acknowledge a message before the agent gives up on it; 0 for ever"
        ),
        OptionInfo(
            key: "sessionExpiry", defaultValue: "0", summary: "how long the broker keeps a lost agent's session"),
        OptionInfo(
            key: "clientID", defaultValue: "", summary: "one client identifier for every agent, to see takeovers"),
        OptionInfo(key: "path", defaultValue: "/mqtt", summary: "path of the WebSocket, when the URL has none"),
    ]

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        let options = try MQTTSettings(settings)
        let tells = options.will == .bye || options.presence == .retained
        return Capabilities(
            selfEcho: !options.noLocal,
            directed: options.layout == .inbox ? .inbox : .broadcast,
            fromAuthority: .client,
            joinConfirmed: true,
            presenceJoin: options.presence == .retained,
            presenceLeave: tells ? .server : .bye,
            // A server drops a client that was silent for one and a half times the keep-alive time [MQTT-3.1.2-22].
            detectMilliseconds: tells ? options.keepAliveMilliseconds * 3 / 2 : nil,
            order: .fifo,
            delivery: options.qos == .atMostOnce
                ? .atMostOnce : options.qos == .atLeastOnce ? .atLeastOnce : .exactlyOnce,
            ack: options.qos == .atMostOnce ? .none : .accepted,
            slowConsumer: .dropNewest,
            multipleRooms: true,
            heartbeat: .init(
                by: .client, intervalMs: options.keepAliveMilliseconds, timeoutMs: options.keepAliveMilliseconds / 2))
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        guard ["ws", "wss"].contains(settings.url.scheme) else { return .stream }
        let path = settings.url.path == "/" ? OptionReader(settings.options).text("path") ?? "/mqtt" : nil
        return .webSocket(
            WebSocketPlan(
                data: .binary, subprotocol: "mqtt", path: path.map { $0.hasPrefix("/") ? $0 : "/" + $0 }, isStream: true
            ))
    }
}
