package import Signaling

/// The client's side of the relay's JSON protocol, for `relay` and `relay-routed` alike.
///
/// The DocC article "The relay protocol" specifies it. A signal that is written as our server and our agents write it
/// costs a comparison with the expected prefix and the envelope scan; any other order of keys, and any other operation,
/// is read by a tolerant walk.
package struct RelayDialect: Dialect {
    /// Where the session stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: welcoming.
        case closed
        /// The server has to say `welcome` until then. Next: welcomed, closed.
        case welcoming(deadline: Instant)
        /// Named, in no room. Next: joining, closed.
        case welcomed
        /// The server has to confirm the join until then. Next: joined, welcomed, closed.
        case joining(deadline: Instant)
        /// A member. Next: welcomed, joining, closed.
        case joined
    }

    /// Nanoseconds that the server may take to welcome and to confirm.
    let patience: Int64
    var state = State.closed
    /// The id that the server gave; empty before.
    var ownID: [UInt8] = []
    /// The room joined last; empty before.
    var room: [UInt8] = []
    /// How a message of that room begins.
    var prefix: [UInt8] = []

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.patience = settings.connectTimeout
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.state = .welcoming(deadline: now + self.patience)
        self.ownID = []
    }

    package var deadline: Instant? {
        switch self.state {
        case .welcoming(let deadline), .joining(let deadline): deadline
        case .closed, .welcomed, .joined: nil
        }
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        guard let deadline = self.deadline, deadline <= now else { return nil }
        if case .welcoming = self.state {
            throw DialectError(code: .timeout, message: "the relay did not say welcome in time")
        }
        throw DialectError(code: .timeout, message: "the relay did not confirm the join in time")
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return false
    }
}
