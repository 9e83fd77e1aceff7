import Signaling

extension RedisDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "redis", wire: .other, family: .broker, title: "Redis or Valkey",
            summary: "Publish and subscribe in RESP3: a channel for all and one for each member.",
            schemes: ["redis", "rediss"],
            options: [
                OptionInfo(
                    key: "layout", defaultValue: "inbox", values: RedisSettings.Layout.allCases.map(\.rawValue),
                    summary: "a channel for each member beside the room's, or one channel a room"),
                OptionInfo(key: "channelPrefix", defaultValue: "", summary: "what every channel begins with"),
                OptionInfo(key: "user", defaultValue: "", summary: "user name; also the URL's"),
                OptionInfo(key: "password", defaultValue: "", summary: "password; also the URL's"),
            ], embedded: false)
    ]

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        let isRouted = try RedisSettings(settings).layout == .inbox
        return Capabilities(
            selfEcho: true,
            directed: isRouted ? .inbox : .broadcast,
            fromAuthority: .client,
            joinConfirmed: true,
            presenceLeave: .bye,
            order: .total,
            delivery: .atMostOnce,
            ack: .accepted,
            unknownTarget: isRouted ? .error : nil,
            slowConsumer: .disconnect,
            multipleRooms: true)
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan { .stream }
}

/// The options of a Redis backend, read.
struct RedisSettings: Sendable {
    /// How a room lies in channels.
    enum Layout: String, CaseIterable, Sendable {
        /// Room-wide messages by `room:<room>`, directed ones by `room:<room>:to:<member>`.
        case inbox
        /// Everything of a room by `room:<room>`.
        case broadcast
    }

    let layout: Layout
    let prefix: [UInt8]
    /// Nanoseconds that the server may take for what it owes.
    let patience: Int64
    private let user: String?
    private let password: String?

    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.layout = options.text("layout").flatMap(Layout.init(rawValue:)) ?? .inbox
        self.prefix = Array((options.text("channelPrefix") ?? "").utf8)
        self.patience = settings.connectTimeout
        let name = settings.url.user?.name ?? ""
        self.user = options.nonEmpty("user") ?? (name.isEmpty ? nil : name)
        self.password = options.nonEmpty("password") ?? settings.url.user?.password
    }

    /// The HELLO of a member.
    func hello(_ member: [UInt8]) -> [[UInt8]] {
        var words = ["HELLO", "3"]
        if let password { words += ["AUTH", self.user ?? "default", password] }
        return (words + ["SETNAME"]).map { Array($0.utf8) } + [NameToken.escaped(member)]
    }
}

/// The channels of one member in one room.
struct RedisChannels: Sendable {
    /// What room-wide messages go to.
    let room: [UInt8]
    /// What directed messages to this member come by; nil when they come by the room's.
    let own: [UInt8]?
    private let others: [UInt8]
    /// How a message by the room's channel begins, up to the digits of its size.
    let roomHead: [UInt8]
    /// The same by the member's own; empty when there is none.
    let ownHead: [UInt8]
    /// How a room-wide PUBLISH begins, up to the digits of its size.
    let publishHead: [UInt8]

    init(_ settings: RedisSettings, room: [UInt8], member: [UInt8]) {
        self.room = settings.prefix + Array("room:".utf8) + NameToken.escaped(room)
        self.others = self.room + Array(":to:".utf8)
        let own = settings.layout == .inbox ? self.others + NameToken.escaped(member) : nil
        self.own = own
        self.roomHead = Self.messageHead(by: self.room)
        self.ownHead = own.map(Self.messageHead) ?? []
        self.publishHead = Self.publishHead(to: self.room)
    }

    /// All that are subscribed to.
    var all: [[UInt8]] { [self.room] + (self.own.map { [$0] } ?? []) }

    /// What a message for one member goes to.
    func channel(of member: [UInt8]) -> [UInt8] { self.others + NameToken.escaped(member) }

    /// How a PUBLISH begins, up to the digits of its size.
    static func publishHead(to channel: [UInt8]) -> [UInt8] {
        Array("*3\r\n$7\r\nPUBLISH\r\n".utf8) + RESPCommand.blob(channel) + [UInt8(ascii: "$")]
    }

    private static func messageHead(by channel: [UInt8]) -> [UInt8] {
        Array(">3\r\n$7\r\nmessage\r\n".utf8) + RESPCommand.blob(channel) + [UInt8(ascii: "$")]
    }
}
