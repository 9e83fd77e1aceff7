package import NIOCore
package import Signaling

/// The client's side of a multi-user chat of XMPP, for `xmpp`; the DocC article "XMPP" has the mapping.
///
/// A member draws its own nickname. It is welcome when the server has bound a resource to it, and has joined with its own
/// presence. By WebSocket a message is one element (RFC 7395), by TCP all are one document (RFC 6120).
package struct XMPPDialect: Dialect {
    /// Where the session stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: opening.
        case closed
        /// The stream was opened, and the server owes its features. Next: authenticating, binding, resuming, closed.
        case opening(deadline: Instant, isAuthenticated: Bool)
        /// The server owes its word on who we are. Next: opening, closed.
        case authenticating(deadline: Instant)
        /// The server owes an address, and where asked for the management of the stream. Next: welcomed, closed.
        case binding(deadline: Instant)
        /// The server owes its word on the stream that was lost. Next: binding, welcomed, joined, closed.
        case resuming(deadline: Instant)
        /// An address is bound; in no room. Next: joining, closed.
        case welcomed
        /// The server owes our own presence in the room. Next: joined, welcomed, closed.
        case joining(deadline: Instant)
        /// A member. Next: welcomed, joining, closed.
        case joined
    }

    let settings: XMPPSettings
    let member: [UInt8]
    var state = State.closed
    /// The room's address, and how a message to it begins, as far as its id; empty outside of a room.
    var room: [UInt8] = []
    var roomHead: [UInt8] = []
    /// What of a lost stream can be gone on with.
    var management: XMPPManagement
    /// Whether the membership outlived the connection, so that the join has only to be told.
    var isStillMember = false
    /// Whether we have said goodbye.
    var isClosing = false
    package var scratch = ByteBuffer()
    private var pingAt = Instant.distantFuture
    /// Whether the last ping is unanswered.
    var isPingOwed = false

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.settings = try XMPPSettings(settings)
        self.management = XMPPManagement(isWanted: self.settings.resumes)
        let digits = String(ticket.seed, radix: 16)
        self.member = Array((String(repeating: "0", count: 16 - digits.count) + digits).utf8)
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.isClosing = false
        self.isStillMember = false
        self.isPingOwed = false
        self.pingAt = self.settings.ping > 0 ? now + self.settings.ping : .distantFuture
        self.open(isAuthenticated: false, now: now, into: &out)
    }

    /// Opens a stream, the first or the one behind the login.
    mutating func open(isAuthenticated: Bool, now: Instant, into out: inout Outbox) {
        let domain = XMLText.escaped(self.settings.domain)
        self.state = .opening(deadline: now + self.settings.patience, isAuthenticated: isAuthenticated)
        if self.settings.isWebSocket {
            self.say(
                "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='\(domain)' version='1.0'/>", into: &out)
        } else {
            self.say(
                "<?xml version='1.0'?><stream:stream to='\(domain)' xmlns='jabber:client' "
                    + "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>", into: &out)
        }
    }

    package var announced: [Announcement] { self.management.announced }

    // MARK: Deadlines

    package var deadline: Instant? {
        switch self.state {
        case .closed: nil
        case .opening(let deadline, _), .authenticating(let deadline), .binding(let deadline),
            .resuming(let deadline), .joining(let deadline):
            deadline
        case .welcomed, .joined: self.pingAt == .distantFuture ? nil : self.pingAt
        }
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        switch self.state {
        case .opening(let deadline, _) where deadline <= now: throw Self.late("its features")
        case .authenticating(let deadline) where deadline <= now: throw Self.late("its word on the login")
        case .binding(let deadline) where deadline <= now: throw Self.late("an address")
        case .resuming(let deadline) where deadline <= now: throw Self.late("its word on the stream that was lost")
        case .joining(let deadline) where deadline <= now:
            guard self.isStillMember else { throw Self.late("our presence in the room") }
            self.isStillMember = false
            self.state = .joined
            return .joined(confirmed: true)
        case .welcomed, .joined:
            guard self.pingAt <= now else { return nil }
            guard !self.isPingOwed else { throw Self.late("the answer to a ping") }
            self.isPingOwed = true
            self.pingAt = now + self.settings.ping
            let domain = XMLText.escaped(self.settings.domain)
            self.stanza("<iq type='get' id='p' to='\(domain)'", "<ping xmlns='urn:xmpp:ping'/></iq>", into: &out)
            return nil
        case .closed, .opening, .authenticating, .binding, .resuming, .joining: return nil
        }
    }

    private static func late(_ what: String) -> DialectError {
        DialectError(code: .timeout, message: "the server did not send \(what) in time")
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        // A goodbye ends the session on the server, too.
        if self.isClosing { self.management.forget() }
        if !self.management.canResume { self.room = [] }
        return self.management.canResume
    }
}
