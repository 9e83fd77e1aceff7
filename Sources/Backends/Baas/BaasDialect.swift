package import NIOCore
import NIOHTTP1
package import Signaling

/// The client's side of the seed's BaaS, as its SDK of the time spoke.
///
/// An agent logs in over HTTP, anonymously or with a name and a password, connects with the cookie, listens to its room's store, and is a member when a
/// `get` that it sent behind its `on` is answered. The DocC article "BaaS emulator" specifies the protocol.
package struct BaasDialect: Dialect {
    /// Where the membership stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: opening.
        case closed
        /// Engine.IO's handshake and the server's `init` are owed until then. Next: connected, closed.
        case opening(until: Instant)
        /// Ready, listening to nothing. Next: joining, closed.
        case connected
        /// `on` and `get` are out. Next: joined, closed.
        case joining
        /// A member. Next: connected, closed.
        case joined
    }

    let settings: BaasSettings
    let patience: Int64
    /// The id that the login gave.
    let ownID: [UInt8]
    var engine = EngineIOClient(.v3)
    var state = State.closed
    var path: [UInt8] = []
    /// How an event of the room begins, up to the id's first character or the value.
    var head: [UInt8] = []
    /// What stands before a signal that is sent.
    var sentHead: [UInt8] = []
    var ids = BaasIDs()

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.settings = try BaasSettings(settings)
        self.patience = settings.connectTimeout
        var id = Array((ticket.values["id"] ?? "").utf8)
        // Agents that share an account would take one another's signals for their own.
        if self.settings.account != nil {
            id += Array("-\(String(FNV1a.hash((ticket.cookie ?? "").utf8), radix: 36))".utf8)
        }
        self.ownID = id
    }

    package static var asksForTicket: Bool { true }

    /// Logs in: anonymously, as the seed does, or with what the settings say.
    package static func prepare(_ http: HTTPOnce) -> EventLoopFuture<Ticket> {
        let account: BaasSettings.Account?
        do throws(BackendError) {
            account = try BaasSettings(http.endpoint.settings).account
        } catch {
            return http.loop.makeFailedFuture(DialError(code: .settings, message: error.description))
        }
        guard let account else {
            return http.send(.POST, path: "/account-api/anonymous", body: ByteBuffer())
                .flatMapThrowing { reply throws(DialError) in try Self.ticket(in: reply, of: "anonymous login") }
        }
        let form = "email=\(PercentEncoding.encoded(account.name))&secret=\(PercentEncoding.encoded(account.password))"
        return http.send(
            .POST, path: "/account-api/login", headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: ByteBuffer(string: form)
        ).flatMapThrowing { reply throws(DialError) in try Self.ticket(in: reply, of: "login of \(account.name)") }
    }

    private static func ticket(in reply: HTTPReply, of login: String) throws(DialError) -> Ticket {
        guard reply.status == 200 else {
            throw DialError(
                code: .http(status: reply.status), message: "the \(login) was answered with HTTP \(reply.status)")
        }
        let members = BaasJSON.members(Array(reply.body.readableBytesView)) ?? []
        let error = members.first { $0.key == Array("err".utf8) }?.value ?? []
        if let number = Int(String(decoding: error, as: UTF8.self)) {
            let why = [
                1: "the name is no address, or the password is empty", 2: "no such account, or another password",
            ]
            throw DialError(
                code: .other, message: "the \(login) was refused with \(number): \(why[number] ?? "nobody knows why")")
        }
        let user = members.first { $0.key == Array("user".utf8) }?.value ?? []
        let id = (BaasJSON.members(user) ?? []).first { $0.key == Array("id".utf8) }?.value
        guard let id = id.flatMap(BaasJSON.content), !id.isEmpty else {
            throw DialError(code: .badUpgrade, message: "the \(login) gave no user id")
        }
        var cookies = Cookies()
        cookies.take(reply.setCookies)
        return Ticket(values: ["id": String(decoding: id, as: UTF8.self), "cookie": cookies.field ?? ""])
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.engine.opened()
        self.state = .opening(until: now + self.patience)
    }

    package var announced: [Announcement] { self.engine.announced }

    package var deadline: Instant? {
        if case .opening(let until) = self.state { return min(until, self.engine.deadline ?? until) }
        return self.engine.deadline
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        if case .opening(let until) = self.state, until <= now {
            throw DialectError(code: .timeout, message: "timeout waiting for init")
        }
        try self.engine.expired(now: now, into: &out)
        return nil
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return false
    }
}

extension BaasDialect {
    package static func server(for id: String) -> EmbeddedServerKind? { .engineIO { try BaasEmulator(hub: $0) } }

    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "baas", wire: .milkcocoa, family: .service, title: "Milkcocoa emulator",
            summary: "The BaaS of the seed: a data store for each room, everything to everybody, the sender included.",
            schemes: ["http", "https", "ws", "wss"],
            options: [
                OptionInfo(key: "app", defaultValue: "", summary: "first segment of every path; the seed has none"),
                OptionInfo(key: "username", defaultValue: "", summary: "address to log in with; anonymous without it"),
                OptionInfo(key: "password", defaultValue: "", summary: "the password of that address"),
                OptionInfo(
                    key: "verb", defaultValue: "push", values: BaasSettings.Verb.allCases.map(\.rawValue),
                    summary: "push stores every signal, as the seed does; send only tells it"),
                OptionInfo(
                    key: "transport", defaultValue: "websocket",
                    values: EngineIOPlan.Transport.allCases.map(\.rawValue),
                    summary: "transports in order; after polling,websocket a WebSocket takes over"),
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
        let path = settings.url.pathAlone
        // A path of the URL leads to the folder in which Engine.IO's own stands.
        let folder = path.hasSuffix("/") ? path : path + "/"
        let engine = folder.hasSuffix("/socket.io/") ? folder : folder + "socket.io/"
        return .engineIO(
            EngineIOPlan(
                version: .v3, transport: try BaasSettings(settings).transport, path: settings.url.target(engine)))
    }
}

/// The options of the BaaS, read.
struct BaasSettings: Sendable {
    /// How a signal is sent.
    enum Verb: String, CaseIterable, Sendable {
        /// Stored and told, as the seed does.
        case push
        /// Told only.
        case send
    }

    let verb: Verb
    /// A first segment of every path; empty for the seed's own paths.
    let app: String
    let transport: EngineIOPlan.Transport
    /// Whom agents log in as; nil for anonymous ones.
    let account: Account?

    /// A name and its password.
    struct Account: Sendable {
        let name: String
        let password: String
    }

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.verb = Verb(rawValue: options.text("verb") ?? "push") ?? .push
        self.app = options.text("app") ?? ""
        self.account = options.text("username").flatMap { name in
            name.isEmpty ? nil : Account(name: name, password: options.text("password") ?? "")
        }
        self.transport = options.text("transport").flatMap(EngineIOPlan.Transport.init) ?? .webSocket
    }

    /// The store of a room.
    func path(of room: String) -> [UInt8] {
        let path = BaasPath.ofRoom(Array(room.utf8))
        return self.app.isEmpty ? path : Array(self.app.utf8) + [UInt8(ascii: "/")] + path
    }
}
