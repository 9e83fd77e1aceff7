package import NIOCore
import NIOHTTP1
package import Signaling

/// The client's side of the seed's BaaS, as its SDK of the time spoke.
///
/// An agent logs in anonymously over HTTP, connects with the cookie, listens to its room's store, and is a member when a
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
        self.ownID = Array((ticket.values["id"] ?? "").utf8)
    }

    package static var asksForTicket: Bool { true }

    /// Logs in anonymously, as the seed does.
    package static func prepare(_ http: HTTPOnce) -> EventLoopFuture<Ticket> {
        http.send(.POST, path: "/account-api/anonymous", body: ByteBuffer())
            .flatMapThrowing { reply throws(DialError) in try Self.ticket(in: reply) }
    }

    private static func ticket(in reply: HTTPReply) throws(DialError) -> Ticket {
        guard reply.status == 200 else {
            throw DialError(
                code: .http(status: reply.status), message: "the anonymous login was answered with HTTP \(reply.status)"
            )
        }
        let members = BaasJSON.members(Array(reply.body.readableBytesView)) ?? []
        let user = members.first { $0.key == Array("user".utf8) }?.value ?? []
        let id = (BaasJSON.members(user) ?? []).first { $0.key == Array("id".utf8) }?.value
        guard let id = id.flatMap(BaasJSON.content), !id.isEmpty else {
            throw DialError(code: .badUpgrade, message: "the anonymous login gave no user id")
        }
        return Ticket(values: ["id": String(decoding: id, as: UTF8.self), "cookie": reply.cookie ?? ""])
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.engine.opened()
        self.state = .opening(until: now + self.patience)
    }

    package var deadline: Instant? {
        if case .opening(let until) = self.state { return min(until, self.engine.deadline ?? until) }
        return self.engine.deadline
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        if case .opening(let until) = self.state, until <= now {
            throw DialectError(code: .timeout, message: "the BaaS owes its init")
        }
        try self.engine.expired(now: now, into: &out)
        return nil
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return false
    }
}
