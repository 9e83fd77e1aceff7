package import Signaling

/// The client's side of a Socket.IO room relay, ours or somebody else's whose events have the same shape.
///
/// Engine.IO's packets are handled here as well, by ``EngineIOClient``. The DocC article "Socket.IO relay" specifies what is
/// said.
package struct SocketIODialect: Dialect {
    /// Where the membership stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: opening.
        case closed
        /// Engine.IO's handshake is owed until then. Next: connecting, closed.
        case opening(until: Instant)
        /// The namespace's answer is owed until then. Next: connected, closed.
        case connecting(until: Instant)
        /// Named, in no room. Next: joining, closed.
        case connected
        /// `join` is out; its acknowledgement bears the id 0. Next: joined, connected, closed.
        case joining
        /// A member. Next: connected, closed.
        case joined
    }

    let settings: SocketIOSettings
    let patience: Int64
    var engine: EngineIOClient
    var state = State.closed
    var ownID: [UInt8] = []
    /// How a signal's packet begins, after Engine.IO's digit.
    let head: [UInt8]
    let directHead: [UInt8]
    let sentHead: [UInt8]
    let sentDirectHead: [UInt8]

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.settings = try SocketIOSettings(settings)
        self.patience = settings.connectTimeout
        self.engine = EngineIOClient(self.settings.version)
        self.head = SocketIOSettings.head(of: self.settings.message)
        let direct = self.settings.direct.isEmpty ? self.settings.message : self.settings.direct
        self.directHead = SocketIOSettings.head(of: direct)
        self.sentHead = [EngineIOPacketType.message.rawValue] + self.head
        self.sentDirectHead = [EngineIOPacketType.message.rawValue] + self.directHead
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.engine.opened()
        self.state = .opening(until: now + self.patience)
    }

    package var deadline: Instant? {
        switch self.state {
        case .opening(let until), .connecting(let until): min(until, self.engine.deadline ?? until)
        case .closed, .connected, .joining, .joined: self.engine.deadline
        }
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        switch self.state {
        case .opening(let until) where until <= now:
            throw DialectError(code: .timeout, message: "the server owes Engine.IO's handshake")
        case .connecting(let until) where until <= now:
            throw DialectError(code: .timeout, message: "the server owes the answer to CONNECT")
        case .closed, .opening, .connecting, .connected, .joining, .joined: break
        }
        try self.engine.expired(now: now, into: &out)
        return nil
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return false
    }
}
