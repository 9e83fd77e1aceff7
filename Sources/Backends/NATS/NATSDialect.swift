import NIOCore
package import Signaling

/// The client's side of a room on a NATS server, for `nats`: core NATS, without streams.
///
/// A member's id is a name that it draws itself. It is welcome once the server has answered the PING behind its CONNECT, and
/// has joined once the server has answered the PING behind its SUBs: a server works in order, so that a PONG says that all
/// before it is done. The DocC article "NATS" specifies subjects and payloads.
package struct NATSDialect: Dialect {
    /// Where the session stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: opening.
        case closed
        /// The server has to say INFO until then. Next: connecting, closed.
        case opening(deadline: Instant)
        /// CONNECT and PING are out. Next: welcomed, closed.
        case connecting(deadline: Instant)
        /// Named, in no room. Next: joining, leaving, closed.
        case welcomed
        /// SUB and PING are out. Next: joined, welcomed, joining, leaving, closed.
        case joining(deadline: Instant)
        /// A member. Next: welcomed, joining, leaving, closed.
        case joined
        /// Everything is said; what the last PONG answers is done. Next: closed.
        case leaving(deadline: Instant)
    }

    let settings: NATSSettings
    /// The member's name.
    let member: [UInt8]
    var state = State.closed
    /// PINGs that the server has not answered.
    var pongsOwed = 0
    var subjects: NATSSubjects?
    /// The subscription to the room's subject; the one to the member's own is the next number.
    var subscription = 1
    /// What stands before the length of a room-wide message.
    var publishHead: [UInt8] = []
    /// What the server said of itself.
    var info = NATSInfo()

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.settings = try NATSSettings(settings)
        self.member = Array((ticket.values["id"] ?? ticket.drawnIdentifier).utf8)
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.state = .opening(deadline: now + self.settings.patience)
        self.pongsOwed = 0
    }

    package var announced: [Announcement] {
        [
            ("version", self.info.version), ("max_payload", self.info.maxPayload.map { "\($0) bytes" }),
        ].compactMap { name, value in value.map { Announcement(name: name, value: $0) } }
    }

    package var deadline: Instant? {
        switch self.state {
        case .opening(let deadline), .connecting(let deadline), .joining(let deadline), .leaving(let deadline): deadline
        case .closed, .welcomed, .joined: nil
        }
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        guard let deadline = self.deadline, deadline <= now else { return nil }
        switch self.state {
        case .opening: throw DialectError(code: .timeout, message: "the NATS server did not say INFO in time")
        case .connecting:
            throw DialectError(code: .timeout, message: "the NATS server did not answer CONNECT and PING in time")
        case .joining:
            throw DialectError(code: .timeout, message: "the NATS server did not answer SUB and PING in time")
        case .leaving:
            out.close(.requested)
            return nil
        case .closed, .welcomed, .joined: return nil
        }
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return false
    }
}

extension NATSDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "nats", wire: .other, family: .broker, title: "NATS",
            summary: "A NATS server as a room: core NATS, a subject for all and one for each member.",
            schemes: ["nats", "ws", "wss"],
            options: [
                OptionInfo(
                    key: "layout", defaultValue: "inbox", values: NATSSettings.Layout.allCases.map(\.rawValue),
                    summary: "a subject for each member beside the room's, or one subject a room"),
                OptionInfo(
                    key: "echo", defaultValue: "false", values: ["false", "true"],
                    summary: "whether the server gives a sender its own messages"),
                OptionInfo(
                    key: "noResponders", defaultValue: "true", values: ["true", "false"],
                    summary: "whether directed messages ask for the server's 503 when nobody is there"),
                OptionInfo(
                    key: "subjectPrefix", defaultValue: "", summary: "tokens before every subject, such as team.a"),
                OptionInfo(key: "user", defaultValue: "", summary: "user name; also the URL's"),
                OptionInfo(key: "password", defaultValue: "", summary: "password; also the URL's"),
                OptionInfo(key: "token", defaultValue: "", summary: "token, in the place of user and password"),
            ], embedded: false)
    ]

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        let options = try NATSSettings(settings)
        let isRouted = options.layout == .inbox
        return Capabilities(
            selfEcho: options.echo,
            directed: isRouted ? .inbox : .broadcast,
            fromAuthority: .client,
            joinConfirmed: true,
            presenceLeave: .bye,
            order: .fifo,
            delivery: .atMostOnce,
            unknownTarget: isRouted ? (options.asksForResponders ? .error : .drop) : nil,
            slowConsumer: .disconnect,
            maxMessageBytes: 1 << 20,
            oversize: .close,
            multipleRooms: true,
            heartbeat: .init(by: .server, intervalMs: 120_000, timeoutMs: 240_000))
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        guard ["ws", "wss"].contains(settings.url.scheme) else { return .stream }
        return .webSocket(WebSocketPlan(data: .binary, takesUserInfo: false, isStream: true))
    }
}

/// The options of a NATS backend, read.
struct NATSSettings: Sendable {
    /// How a room lies in subjects.
    enum Layout: String, CaseIterable, Sendable {
        /// Room-wide messages by `room.<room>.all`, directed ones by `room.<room>.to.<member>`.
        case inbox
        /// Everything of a room by `room.<room>.all`.
        case broadcast
    }

    let layout: Layout
    let echo: Bool
    let asksForResponders: Bool
    /// With a dot at its end; empty for none.
    let prefix: [UInt8]
    /// Nanoseconds that the server may take for what it owes.
    let patience: Int64
    private let user: String?
    private let password: String?
    private let token: String?

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.layout = options.text("layout").flatMap(Layout.init(rawValue:)) ?? .inbox
        self.echo = try options.flag("echo", default: false)
        self.asksForResponders = try options.flag("noResponders", default: true) && self.layout == .inbox
        self.patience = settings.connectTimeout
        let user = settings.url.user
        self.user = options.nonEmpty("user") ?? (user?.password == nil ? nil : user?.name)
        self.password = options.nonEmpty("password") ?? user?.password
        self.token = options.nonEmpty("token") ?? (user?.password == nil ? user?.name : nil)
        let prefix = (options.text("subjectPrefix") ?? "").utf8
        let tokens = prefix.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard prefix.isEmpty || prefix.count <= 1_024 && tokens.allSatisfy({ NATSSubjects.isToken($0) }) else {
            throw BackendError(
                code: .badValue,
                message: "subjectPrefix: '\(String(prefix))' is not tokens of a subject, such as team.a")
        }
        self.prefix = prefix.isEmpty ? [] : Array(prefix) + [UInt8(ascii: ".")]
    }

    /// The CONNECT of a member.
    func connect(_ member: [UInt8]) -> [UInt8] {
        var line =
            #"CONNECT {"verbose":false,"pedantic":false,"tls_required":false,"headers":true,"protocol":1,"lang":"swift","version":"1","#
        line += "\"echo\":\(self.echo),\"no_responders\":\(self.asksForResponders),\"name\":"
        var bytes = Array(line.utf8) + JSONText.quoted(member)
        for (key, value) in [("user", self.user), ("pass", self.password), ("auth_token", self.token)] {
            guard let value else { continue }
            bytes += Array(",\"\(key)\":".utf8) + JSONText.quoted(value.utf8)
        }
        return bytes + Array("}\r\n".utf8)
    }
}

/// The subjects of one member in one room.
struct NATSSubjects: Sendable {
    /// What room-wide messages go to.
    let room: [UInt8]
    /// What directed messages to this member come by; nil when they come by the room's.
    let own: [UInt8]?
    private let others: [UInt8]

    init(_ settings: NATSSettings, room: [UInt8], member: [UInt8]) {
        let base = settings.prefix + Array("room.".utf8) + NameToken.escaped(room)
        self.room = base + Array(".all".utf8)
        self.others = base + Array(".to.".utf8)
        self.own = settings.layout == .inbox ? self.others + NameToken.escaped(member) : nil
    }

    /// What a message for one member goes to.
    func subject(to member: [UInt8]) -> [UInt8] {
        self.own == nil ? self.room : self.others + NameToken.escaped(member)
    }

    /// Whether a server takes lines with subjects of this length: it takes 4,096 bytes.
    var isSayable: Bool { self.others.count <= 3_000 }

    /// Whether bytes are one token of a subject that is no wildcard.
    static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: ">") }
    }
}
