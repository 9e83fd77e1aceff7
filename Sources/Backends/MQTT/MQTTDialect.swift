package import NIOCore
package import Signaling

/// The client's side of a room on an MQTT broker, for `mqtt` and `mqtt5`.
///
/// A member's id is its client identifier, which it draws itself; it is therefore welcome as soon as the carrier is open.
/// CONNECT goes out with the join, because the will that it bears names the room's topic. The DocC article "MQTT layouts"
/// specifies topics and payloads.
package struct MQTTDialect: Dialect {
    /// Where the membership stands; the connection's own state is the session's.
    enum State: Equatable, Sendable {
        /// No carrier. Next: opened.
        case closed
        /// The carrier is open, and the welcome is due. Next: welcomed, closed.
        case opened(at: Instant)
        /// Named; CONNECT waits for the room. Next: connecting, closed.
        case welcomed
        /// CONNECT is out. Next: subscribing, closed.
        case connecting
        /// SUBSCRIBE is out. Next: joined, left, closed.
        case subscribing(packetID: UInt16)
        /// A member. Next: left, closed.
        case joined
        /// Connected, in no room. Next: subscribing, closed.
        case left
    }

    let settings: MQTTSettings
    /// The client identifier.
    let member: [UInt8]
    var state = State.closed
    var room: [UInt8] = []
    var topics: MQTTTopics?
    var session: MQTTSession?
    /// Holds a signal that came as a JSON string.
    package var scratch = ByteBuffer()
    /// Numbers the requests of Milkcocoa's layout.
    var requests: UInt64 = 0
    /// What the user should know of the broker and was not told yet.
    var notices: [Refusal] = []
    /// Whether a retained message in the room was told of.
    var hasToldOfRetained = false

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.settings = try MQTTSettings(settings)
        let id =
            ticket.values["id"] ?? self.settings.clientID
            ?? self.settings.clientPrefix + ticket.drawnIdentifier
        self.member = Array(id.utf8)
    }

    package mutating func opened(now: Instant, into out: inout Outbox) { self.state = .opened(at: now) }

    package var announced: [Announcement] {
        guard let session, session.isConnected, self.settings.version == .v5 else { return [] }
        var all = [Announcement(name: "Receive Maximum", value: "\(session.window)")]
        if session.maxQoS != .exactlyOnce {
            all.append(.init(name: "Maximum QoS", value: "\(session.maxQoS.rawValue)"))
        }
        if session.maxSentPacket < MQTTFrame.maxPacket {
            all.append(.init(name: "Maximum Packet Size", value: "\(session.maxSentPacket) bytes"))
        }
        if !session.isRetainAvailable { all.append(.init(name: "Retain Available", value: "no")) }
        if !session.areWildcardsAvailable { all.append(.init(name: "Wildcard Subscription Available", value: "no")) }
        all.append(.init(name: "Server Keep Alive", value: "\(session.keepAlive / 1_000_000_000) s"))
        return all
    }

    package var deadline: Instant? {
        if case .opened(let at) = self.state { return at }
        return self.session?.deadline
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        if case .opened = self.state {
            self.state = .welcomed
            return .welcomed(PeerID(bytes: self.member))
        }
        try self.session?.expired(now: now, into: &out)
        return nil
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return self.session?.closed() ?? false
    }
}

extension MQTTDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "mqtt", wire: .mqtt3, family: .broker, title: "MQTT 3.1.1 broker",
            summary: "Any MQTT broker as a room: one topic for all, or an inbox for each member.",
            schemes: ["mqtt", "mqtts", "ws", "wss"], options: Self.options, embedded: false),
        BackendDescriptor(
            id: "mqtt5", wire: .mqtt5, family: .broker, title: "MQTT 5 broker",
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
                OptionInfo(
                    key: "userProperties", defaultValue: "",
                    summary: "user properties of CONNECT: key=value&key=value, or a JSON object"),
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
        OptionInfo(
            key: "keepAlive", defaultValue: "50s",
            summary: "silence after which an agent pings; below the minute after which many balancers cut"),
        OptionInfo(key: "topicPrefix", defaultValue: "", summary: "levels before every topic, such as team/a"),
        OptionInfo(key: "clientPrefix", defaultValue: "", summary: "what every client identifier begins with"),
        OptionInfo(
            key: "cleanStart", defaultValue: "true", values: ["true", "false"],
            summary: "whether the first connection of an agent discards what the broker still has of it"),
        OptionInfo(
            key: "inflight", defaultValue: "20",
            summary: "unacknowledged messages that an agent may have on their way; 20 as usual clients have"),
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
        let path = settings.url.pathAlone == "/" ? OptionReader(settings.options).text("path") ?? "/mqtt" : nil
        return .webSocket(
            WebSocketPlan(
                data: .binary, subprotocol: "mqtt", path: path.map { settings.url.target($0) }, takesUserInfo: false,
                isStream: true))
    }
}

/// The options of an MQTT backend, read.
struct MQTTSettings: Sendable {
    /// What tells the others that a member vanished.
    enum Will: String, CaseIterable, Sendable {
        /// The broker publishes a `bye` on the member's behalf.
        case bye
        case none
    }

    /// Whether members leave a retained sign of their presence.
    enum Presence: String, CaseIterable, Sendable {
        case none
        case retained
    }

    let version: MQTTVersion
    let layout: MQTTLayout
    let qos: MQTTQoS
    let app: String
    /// With a slash at its end; empty for none.
    let topicPrefix: [UInt8]
    let clientPrefix: String
    let noLocal: Bool
    let will: Will
    let willDelay: Int64
    let presence: Presence
    /// A fixed client identifier; nil for one of each session's own.
    let clientID: String?
    private let user: String?
    private let password: String?
    private let keepAlive: Int64
    private let sessionExpiry: Int64
    private let receiveMaximum: Int
    private let cleanStart: Bool?
    private let window: Int
    private let userProperties: [(name: [UInt8], value: [UInt8])]
    private let ackTimeout: Int64
    private let patience: Int64

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.version = settings.wire == .mqtt5 ? .v5 : .v311
        self.layout = MQTTLayout(rawValue: options.text("layout") ?? "broadcast") ?? .broadcast
        self.qos = MQTTQoS(rawValue: UInt8(try options.integer("qos", default: 0, in: 0...2))) ?? .atMostOnce
        self.app = options.text("app") ?? "signalbench"
        let prefix = options.text("topicPrefix") ?? ""
        guard !prefix.contains(where: { "+#".contains($0) }) else {
            throw BackendError(code: .badValue, message: "topicPrefix: '\(prefix)' holds a wildcard")
        }
        self.topicPrefix = Array((prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/").utf8)
        self.clientPrefix = options.text("clientPrefix") ?? ""
        self.noLocal = try options.flag("noLocal", default: false) && settings.wire == .mqtt5
        self.will = Will(rawValue: options.text("will") ?? "bye") ?? .bye
        self.willDelay = try options.duration("willDelay", default: 0)
        self.presence = Presence(rawValue: options.text("presence") ?? "none") ?? .none
        self.clientID = options.nonEmpty("clientID")
        self.user = options.nonEmpty("user") ?? settings.url.user?.name
        self.password = options.nonEmpty("password") ?? settings.url.user?.password
        self.keepAlive = try options.duration("keepAlive", default: 50_000_000_000)
        self.sessionExpiry = try options.duration("sessionExpiry", default: 0)
        self.receiveMaximum = try options.integer("receiveMaximum", default: 65_535, in: 1...65_535)
        self.ackTimeout = try options.duration("ackTimeout", default: 30_000_000_000)
        self.cleanStart = options.text("cleanStart") == nil ? nil : try options.flag("cleanStart", default: true)
        self.window = try options.integer("inflight", default: 20, in: 1...65_535)
        self.userProperties = try PairList.parse("userProperties", options.text("userProperties") ?? "")
            .map { (Array($0.name.utf8), Array($0.value.utf8)) }
        self.patience = settings.connectTimeout
    }

    /// Keep-alive in milliseconds.
    var keepAliveMilliseconds: Int { Int(self.keepAlive / 1_000_000) }

    /// What the session of a member is to be like.
    ///
    /// - Parameters:
    ///   - member: its client identifier.
    ///   - topics: of its room.
    /// - Returns: the options of the session.
    func session(of member: [UInt8], in topics: MQTTTopics) -> MQTTSessionOptions {
        var options = MQTTSessionOptions(version: self.version, clientID: member)
        options.keepAlive = UInt16(clamping: self.keepAlive / 1_000_000_000)
        options.sessionExpiry = UInt32(clamping: self.sessionExpiry / 1_000_000_000)
        options.userName = self.user.map { Array($0.utf8) }
        options.password = self.password.map { Array($0.utf8) }
        options.receiveMaximum = UInt16(clamping: self.receiveMaximum)
        options.cleanStart = self.cleanStart
        options.window = self.window
        options.userProperties = self.userProperties
        options.patience = self.patience
        options.ackPatience = self.ackTimeout > 0 ? self.ackTimeout : nil
        options.will = self.message(of: member, in: topics)
        return options
    }

    /// The will of a member: an empty retained presence, or a `bye` that says it is one.
    private func message(of member: [UInt8], in topics: MQTTTopics) -> MQTTWill? {
        var will: MQTTWill
        switch (self.presence, self.will) {
        case (.retained, _):
            will = MQTTWill(topic: topics.presence + MQTTTopicName.escaped(member), payload: [])
            will.isRetained = true
        case (.none, .bye):
            will = MQTTWill(topic: topics.room, payload: MQTTDialect.bye(of: member, layout: self.layout))
        case (.none, .none): return nil
        }
        will.qos = self.qos
        if self.willDelay > 0, self.version == .v5 {
            will.properties.append(.willDelayInterval, UInt32(clamping: self.willDelay / 1_000_000_000))
        }
        return will
    }
}
