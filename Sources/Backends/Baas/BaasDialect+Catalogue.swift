extension BaasDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "baas", title: "Milkcocoa emulator",
            summary: "The BaaS of the seed: a data store for each room, everything to everybody, the sender included.",
            schemes: ["http", "https"],
            options: [
                OptionInfo(key: "app", defaultValue: "", summary: "first segment of every path; the seed has none"),
                OptionInfo(
                    key: "verb", defaultValue: "push", values: BaasSettings.Verb.allCases.map(\.rawValue),
                    summary: "push stores every signal, as the seed does; send only tells it"),
                OptionInfo(
                    key: "transport", defaultValue: "websocket", values: ["websocket", "polling"],
                    summary: "how a session begins; after polling a WebSocket takes over"),
            ], embedded: true)
    ]

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        _ = try BaasSettings(settings)
        let limits = ServerOptions()
        return Capabilities(
            selfEcho: true,
            directed: .broadcast,
            fromAuthority: .client,
            joinConfirmed: true,
            order: .total,
            delivery: .atMostOnce,
            slowConsumer: .disconnect,
            maxMessageBytes: limits.maxMessageBytes,
            oversize: .close,
            multipleRooms: true,
            heartbeat: Capabilities.Heartbeat(
                by: .client, intervalMs: Int(limits.pingInterval / 1_000_000),
                timeoutMs: Int(limits.pingTimeout / 1_000_000)),
            handshakeTimeoutMilliseconds: Int(limits.handshakeTimeout / 1_000_000))
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        .engineIO(EngineIOPlan(version: .v3, transport: try BaasSettings(settings).transport))
    }
}
