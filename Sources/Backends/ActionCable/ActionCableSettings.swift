import Signaling

/// The options of a room at Action Cable, read.
struct ActionCableSettings: Sendable {
    /// What the application does with a message for one member.
    enum Layout: String, CaseIterable, Sendable {
        /// It goes to all, as every other.
        case broadcast
        /// It goes to its target alone.
        case routed
    }

    let layout: Layout
    let patience: Int64
    /// Nanoseconds of silence after which the server counts as gone; 0 for never.
    let silence: Int64
    /// How the data of a signal begins: the action, and the key of the signal.
    let action: [UInt8]
    private let channel: [UInt8]

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.layout = Layout(rawValue: options.text("layout") ?? "broadcast") ?? .broadcast
        self.patience = settings.connectTimeout
        self.silence = try options.duration("silence", default: 6_000_000_000)
        let action = JSONText.quoted((options.nonEmpty("action") ?? "signal").utf8)
        self.action = Array(#"{"action":"#.utf8) + action + Array(#","signal":"#.utf8)
        self.channel = JSONText.quoted((options.nonEmpty("channel") ?? "RoomChannel").utf8)
    }

    /// Names a subscription: the channel's class, and its parameters.
    func identifier(room: [UInt8], member: [UInt8]) -> [UInt8] {
        Array(#"{"channel":"#.utf8) + self.channel + Array(#","room":"#.utf8) + JSONText.quoted(room)
            + Array(#","peer":"#.utf8) + JSONText.quoted(member)
            + Array((self.layout == .routed ? #","routed":true}"# : "}").utf8)
    }
}

extension ActionCableDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "actioncable", wire: .other, family: .service, title: "Action Cable",
            summary: "A channel of a Rails application as a room; it promises no order.", schemes: ["ws", "wss"],
            options: [
                OptionInfo(
                    key: "layout", defaultValue: "broadcast",
                    values: ActionCableSettings.Layout.allCases.map(\.rawValue),
                    summary: "what the application does with a message for one member"),
                OptionInfo(key: "channel", defaultValue: "RoomChannel", summary: "class of the application's channel"),
                OptionInfo(key: "action", defaultValue: "signal", summary: "its method that takes a signal"),
                OptionInfo(
                    key: "silence", defaultValue: "6s",
                    summary: "silence after which the server counts as gone; two of its pings, as its own client has it"
                ),
                OptionInfo(
                    key: "path", defaultValue: "/cable", summary: "path of the WebSocket, when the URL has none"),
            ], embedded: false)
    ]

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        let options = try ActionCableSettings(settings)
        return Capabilities(
            selfEcho: true, directed: options.layout == .routed ? .routed : .broadcast, fromAuthority: .client,
            joinConfirmed: true, presenceLeave: .bye, order: .none, delivery: .atMostOnce,
            unknownTarget: options.layout == .routed ? .drop : nil, slowConsumer: .disconnect, multipleRooms: true,
            heartbeat: .init(by: .server, intervalMs: 3_000, timeoutMs: 3_000))
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        _ = try ActionCableSettings(settings)
        let path = settings.url.pathAlone == "/" ? OptionReader(settings.options).text("path") ?? "/cable" : nil
        return .webSocket(
            WebSocketPlan(
                data: .text, subprotocol: "actioncable-v1-json", path: path.map { settings.url.target($0) }))
    }
}
