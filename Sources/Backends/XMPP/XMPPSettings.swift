import Signaling

/// The options of an XMPP server, read.
struct XMPPSettings: Sendable {
    /// How a message for one member travels.
    enum Directed: String, CaseIterable, Sendable {
        /// To the room, as every other.
        case broadcast
        /// Through the room to its target alone (XEP-0045 §7.5).
        case `private`
    }

    /// The server's own name, which the stream and the rooms are of.
    let domain: String
    /// The name of its rooms.
    let service: String
    /// Whom to be; nil for whoever the server makes of one (SASL ANONYMOUS).
    let user: String?
    let password: String
    let directed: Directed
    /// Nanoseconds between two pings of ours; 0 for none.
    let ping: Int64
    /// Whether a lost stream is to be gone on with (XEP-0198).
    let resumes: Bool
    let patience: Int64
    let isWebSocket: Bool

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.domain = (options.nonEmpty("domain") ?? settings.url.host).lowercased()
        self.service = (options.nonEmpty("service") ?? "conference.\(self.domain)").lowercased()
        self.user = options.nonEmpty("user") ?? settings.url.user?.name
        self.password = options.text("password") ?? settings.url.user?.password ?? ""
        self.directed = Directed(rawValue: options.text("directed") ?? "broadcast") ?? .broadcast
        self.ping = try options.duration("ping", default: 30_000_000_000)
        self.resumes = try options.flag("resume", default: false)
        self.patience = settings.connectTimeout
        self.isWebSocket = ["ws", "wss"].contains(settings.url.scheme)
        guard !self.resumes || self.user != nil else {
            throw BackendError(
                code: .badValue,
                message: "resume: a server makes a new user at each anonymous login; set user and password")
        }
    }

    /// The mechanism of SASL that shows who we are.
    var mechanism: String { self.user == nil ? "ANONYMOUS" : "PLAIN" }

    /// The address of a room.
    ///
    /// Servers fold its case, so that a capital has to be something else.
    func address(of room: String) -> [UInt8] {
        var out: [UInt8] = []
        for byte in PlainName.of(Array(room.utf8)) {
            if (0x41...0x5A).contains(byte) {
                out += Array("_\(String(byte, radix: 16))".utf8)
            } else {
                out.append(byte)
            }
        }
        return out + Array("@\(self.service)".utf8)
    }
}

extension XMPPDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "xmpp", wire: .other, family: .relay, title: "XMPP multi-user chat",
            summary: "A room of Prosody, ejabberd and others (XEP-0045), by WebSocket or TCP, with presence.",
            schemes: ["xmpp", "xmpps", "ws", "wss"],
            options: [
                OptionInfo(key: "domain", defaultValue: "", summary: "the server's own name, when it is not the URL's"),
                OptionInfo(key: "service", defaultValue: "", summary: "the name of its rooms; conference.DOMAIN"),
                OptionInfo(key: "user", defaultValue: "", summary: "an account; without one, logins are anonymous"),
                OptionInfo(key: "password", defaultValue: "", summary: "its password"),
                OptionInfo(
                    key: "directed", defaultValue: "broadcast", values: XMPPSettings.Directed.allCases.map(\.rawValue),
                    summary: "a message for one member goes to the room, or through it to the member alone"),
                OptionInfo(
                    key: "resume", defaultValue: "false", values: ["true", "false"],
                    summary: "whether a lost stream is gone on with (XEP-0198); wants an account"),
                OptionInfo(key: "ping", defaultValue: "30s", summary: "time between an agent's pings; 0 for none"),
                OptionInfo(
                    key: "path", defaultValue: "/xmpp-websocket",
                    summary: "path of the WebSocket, when the URL has none"),
            ], embedded: false)
    ]

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        let options = try XMPPSettings(settings)
        let ping = Int(options.ping / 1_000_000)
        let isPrivate = options.directed == .private
        return Capabilities(
            selfEcho: true, directed: isPrivate ? .routed : .broadcast, fromAuthority: .client, joinConfirmed: true,
            presenceJoin: true, presenceLeave: .server, order: .fifo, delivery: .atMostOnce,
            unknownTarget: isPrivate ? .error : nil, slowConsumer: .block, multipleRooms: true,
            heartbeat: ping > 0 ? .init(by: .client, intervalMs: ping, timeoutMs: ping) : nil)
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        guard try XMPPSettings(settings).isWebSocket else { return .stream }
        let path =
            settings.url.pathAlone == "/" ? OptionReader(settings.options).text("path") ?? "/xmpp-websocket" : nil
        return .webSocket(
            WebSocketPlan(
                data: .text, subprotocol: "xmpp", path: path.map { settings.url.target($0) }, takesUserInfo: false,
                maxMessageBytes: XMPPStanza.maxBytes))
    }
}
