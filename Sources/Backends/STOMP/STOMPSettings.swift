import Signaling

/// The options of a STOMP broker, read.
struct STOMPSettings: Sendable {
    /// How a message for one member travels.
    enum Layout: String, CaseIterable, Sendable {
        /// By the room's destination, as every other.
        case broadcast
        /// By a destination of the member's own.
        case inbox
    }

    /// Which frames ask for a receipt, beside SUBSCRIBE.
    enum Receipts: String, CaseIterable, Sendable {
        case none
        case send
    }

    let layout: Layout
    let receipts: Receipts
    /// What every destination begins with.
    let prefix: [UInt8]
    let host: String
    let user: String?
    let password: String?
    /// Nanoseconds between two heart-beats, either way; 0 for none.
    let heartBeat: Int64
    let patience: Int64
    /// Whether frames travel in WebSocket messages.
    let isWebSocket: Bool

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.layout = Layout(rawValue: options.text("layout") ?? "broadcast") ?? .broadcast
        self.receipts = Receipts(rawValue: options.text("receipts") ?? "none") ?? .none
        let prefix = options.text("topicPrefix") ?? "/topic/signalbench."
        guard !prefix.utf8.contains(where: { $0 < 0x20 }) else {
            throw BackendError(code: .badValue, message: "topicPrefix: it holds a control character")
        }
        self.prefix = STOMPText.escaped(Array(prefix.utf8))
        self.host = options.nonEmpty("host") ?? "/"
        self.user = options.nonEmpty("user") ?? settings.url.user?.name
        self.password = options.nonEmpty("password") ?? settings.url.user?.password
        for text in [self.host, self.user ?? "", self.password ?? ""] where text.utf8.contains(where: { $0 < 0x20 }) {
            // CONNECT knows no escapes ("Value Encoding").
            throw BackendError(code: .badValue, message: "host, user and password cannot hold a control character")
        }
        self.heartBeat = try options.duration("heartBeat", default: 10_000_000_000)
        self.patience = settings.connectTimeout
        self.isWebSocket = ["ws", "wss"].contains(settings.url.scheme)
    }

    var heartBeatMilliseconds: Int { Int(self.heartBeat / 1_000_000) }

    /// Where a room's messages go.
    func destination(of room: [UInt8]) -> [UInt8] { self.prefix + PlainName.of(room) }

    /// Where the messages for one member of a room go.
    func destination(of member: [UInt8], in room: [UInt8]) -> [UInt8] {
        self.destination(of: room) + [UInt8(ascii: ".")] + PlainName.of(member)
    }
}

extension STOMPDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "stomp", wire: .other, family: .broker, title: "STOMP 1.2 broker",
            summary: "RabbitMQ, ActiveMQ and others as a room: one topic for all, or an inbox for each member.",
            schemes: ["stomp", "stomps", "ws", "wss"],
            options: [
                OptionInfo(
                    key: "layout", defaultValue: "broadcast", values: STOMPSettings.Layout.allCases.map(\.rawValue),
                    summary: "one destination a room, or a further one for each member"),
                OptionInfo(
                    key: "receipts", defaultValue: "none", values: STOMPSettings.Receipts.allCases.map(\.rawValue),
                    summary: "whether every SEND asks for a receipt"),
                OptionInfo(
                    key: "topicPrefix", defaultValue: "/topic/signalbench.",
                    summary: "what every destination begins with"),
                OptionInfo(key: "host", defaultValue: "/", summary: "the virtual host that CONNECT names"),
                OptionInfo(key: "user", defaultValue: "", summary: "login"),
                OptionInfo(key: "password", defaultValue: "", summary: "passcode"),
                OptionInfo(
                    key: "heartBeat", defaultValue: "10s", summary: "heart-beat offered and wanted; 0 for none"),
                OptionInfo(key: "path", defaultValue: "/ws", summary: "path of the WebSocket, when the URL has none"),
            ], embedded: false)
    ]

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        let options = try STOMPSettings(settings)
        let beat = options.heartBeatMilliseconds
        return Capabilities(
            selfEcho: true, directed: options.layout == .inbox ? .inbox : .broadcast, fromAuthority: .client,
            joinConfirmed: true, presenceLeave: .bye, order: .fifo, delivery: .atMostOnce,
            ack: options.receipts == .send ? .accepted : .none, slowConsumer: .block, multipleRooms: true,
            heartbeat: beat > 0 ? .init(by: .client, intervalMs: beat, timeoutMs: beat) : nil)
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        guard try STOMPSettings(settings).isWebSocket else { return .stream }
        let path = settings.url.pathAlone == "/" ? OptionReader(settings.options).text("path") ?? "/ws" : nil
        return .webSocket(
            WebSocketPlan(
                data: .text, subprotocol: "v12.stomp", path: path.map { settings.url.target($0) },
                takesUserInfo: false))
    }
}
