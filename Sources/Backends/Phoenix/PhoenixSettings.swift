import Signaling

/// The options of a Phoenix backend, read.
struct PhoenixSettings: Sendable {
    /// How a message is written.
    enum Serializer: String, CaseIterable, Sendable {
        /// An object, of protocol version 1.0.0.
        case v1
        /// An array, of protocol version 2.0.0.
        case v2

        var version: String { self == .v1 ? "1.0.0" : "2.0.0" }
    }

    /// What a channel expects in the payload.
    enum Shape: String, CaseIterable, Sendable {
        /// An application's own channel: the payload is the signal.
        case plain
        /// Supabase Realtime: the signal is wrapped, and the join says what is wanted.
        case supabase
    }

    let serializer: Serializer
    let shape: Shape
    let echo: Bool
    let ack: Bool
    let presence: Bool
    /// The event that signals are sent by.
    let event: [UInt8]
    let topicPrefix: [UInt8]
    /// Nanoseconds between heartbeats.
    let heartbeat: Int64
    /// Nanoseconds that the server may take for what it owes.
    let patience: Int64
    /// Path and query of the WebSocket.
    let target: String
    private let key: String

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        let shape = options.text("shape").flatMap(Shape.init(rawValue:)) ?? .plain
        let serializer = options.text("serializer").flatMap(Serializer.init(rawValue:)) ?? .v2
        self.shape = shape
        self.serializer = serializer
        self.echo = try options.flag("echo", default: false)
        self.ack = try options.flag("ack", default: false)
        self.presence = try options.flag("presence", default: false)
        self.event = Array((options.nonEmpty("event") ?? "signal").utf8)
        self.topicPrefix = Array((options.text("topicPrefix") ?? (shape == .plain ? "room:" : "realtime:")).utf8)
        let heartbeat = try options.duration("heartbeat", default: 30_000_000_000)
        guard (1_000_000...3_600_000_000_000).contains(heartbeat) else {
            throw BackendError(code: .badValue, message: "heartbeat: write 1ms to 1h")
        }
        self.heartbeat = heartbeat
        self.patience = settings.connectTimeout
        self.key = options.text("apikey") ?? ""
        let path = shape == .plain ? "/socket/websocket" : "/realtime/v1/websocket"
        let written = settings.url.pathAlone
        var parameters = ["vsn=\(serializer.version)"]
        if !self.key.isEmpty { parameters.insert("apikey=\(PercentEncoding.encoded(self.key))", at: 0) }
        self.target = settings.url.target(written == "/" ? path : written, adding: parameters)
    }

    /// The payload of a member's join.
    func joining(_ member: [UInt8]) -> [UInt8] {
        let name = JSONText.quoted(member)
        guard self.shape == .supabase else { return Array(#"{"member":"#.utf8) + name + Array("}".utf8) }
        var text = Array("{\"config\":{\"broadcast\":{\"self\":\(self.echo),\"ack\":\(self.ack)},".utf8)
        text += Array(#""presence":{"key":"#.utf8) + name + Array(",\"enabled\":\(self.presence)},".utf8)
        text += Array(#""private":false,"postgres_changes":[]}"#.utf8)
        if !self.key.isEmpty { text += Array(#","access_token":"#.utf8) + JSONText.quoted(self.key.utf8) }
        return text + Array("}".utf8)
    }

    /// What stands around a signal in the payload of a broadcast.
    var around: (before: [UInt8], behind: [UInt8]) {
        guard self.shape == .supabase else { return ([], []) }
        return (
            Array(#"{"type":"broadcast","event":"#.utf8) + JSONText.quoted(self.event) + Array(#","payload":"#.utf8),
            Array("}".utf8)
        )
    }

    /// The event that a broadcast goes and comes by.
    var carrying: [UInt8] { self.shape == .supabase ? Array("broadcast".utf8) : self.event }

    /// A message as far as its payload, and what follows the payload.
    func frame(
        topic: [UInt8], event: [UInt8], ref: UInt64?, joinRef: UInt64?
    ) -> (before: [UInt8], behind: [UInt8]) {
        func number(_ ref: UInt64?) -> String { ref.map { "\"\($0)\"" } ?? "null" }
        let topic = JSONText.quoted(topic)
        let event = JSONText.quoted(event)
        switch self.serializer {
        case .v1:
            return (
                Array(#"{"topic":"#.utf8) + topic + Array(#","event":"#.utf8) + event + Array(#","payload":"#.utf8),
                Array(",\"ref\":\(number(ref)),\"join_ref\":\(number(joinRef))}".utf8)
            )
        case .v2:
            return (
                Array("[\(number(joinRef)),\(number(ref)),".utf8) + topic + Array(",".utf8) + event + Array(",".utf8),
                Array("]".utf8)
            )
        }
    }
}

extension PhoenixDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "phoenix", wire: .other, family: .service, title: "Phoenix channels, Supabase Realtime",
            summary: "A topic a room on a Phoenix server or Supabase Realtime; proven against clients only.",
            schemes: ["ws", "wss"],
            options: [
                OptionInfo(
                    key: "serializer", defaultValue: "v2",
                    values: PhoenixSettings.Serializer.allCases.map(\.rawValue),
                    summary: "arrays of protocol version 2.0.0, or objects of 1.0.0"),
                OptionInfo(
                    key: "shape", defaultValue: "plain", values: PhoenixSettings.Shape.allCases.map(\.rawValue),
                    summary: "an application's own channel, or Supabase Realtime's broadcast and presence"),
                OptionInfo(
                    key: "event", defaultValue: "signal",
                    summary: "the event that signals go by; in Supabase's shape inside of broadcast"),
                OptionInfo(
                    key: "echo", defaultValue: "false", values: ["false", "true"],
                    summary: "whether a sender gets its own messages: asked of Supabase, a plain channel's own way"),
                OptionInfo(
                    key: "ack", defaultValue: "false", values: ["false", "true"],
                    summary: "whether the server replies to each message: asked of Supabase, a plain channel's own way"),
                OptionInfo(
                    key: "presence", defaultValue: "false", values: ["false", "true"],
                    summary: "whether presence tells who comes and goes: asked of Supabase, a plain channel's own way"),
                OptionInfo(
                    key: "topicPrefix", defaultValue: "",
                    summary: "what every topic begins with; room: where nothing is said, realtime: for Supabase"),
                OptionInfo(key: "apikey", defaultValue: "", summary: "Supabase's key, in the query and in the join"),
                OptionInfo(key: "heartbeat", defaultValue: "30s", summary: "time between an agent's heartbeats"),
            ], embedded: false)
    ]

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        let options = try PhoenixSettings(settings)
        let interval = Int(options.heartbeat / 1_000_000)
        return Capabilities(
            selfEcho: options.echo,
            directed: .broadcast,
            fromAuthority: .client,
            joinConfirmed: true,
            presenceJoin: options.presence,
            presenceLeave: options.presence ? .server : .bye,
            // A server closes a socket that was silent for a minute.
            detectMilliseconds: options.presence ? 60_000 : nil,
            order: .fifo,
            delivery: .atMostOnce,
            ack: options.ack ? .accepted : .none,
            slowConsumer: .block,
            multipleRooms: true,
            heartbeat: .init(by: .client, intervalMs: interval, timeoutMs: interval))
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        .webSocket(WebSocketPlan(data: .text, path: try PhoenixSettings(settings).target))
    }
}
