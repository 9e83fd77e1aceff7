package import NIOCore
package import Signaling

/// The client's side of a PeerServer, for `peerjs`; the DocC article "PeerJS" has the mapping.
///
/// A PeerServer forwards a message to one id and knows neither rooms nor broadcasts: a room-wide signal is written once for
/// each other member, and who that is comes from ``PeerJSRoster``.
package struct PeerJSDialect: Dialect {
    /// Where the session stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: welcoming.
        case closed
        /// The server has to say `OPEN` until then. Next: welcomed, closed.
        case welcoming(deadline: Instant)
        /// Named, in no room. Next: joining, closed.
        case welcomed
        /// On the roster since then, which is to be told. Next: joined, welcomed, closed.
        case joining(at: Instant)
        /// A member. Next: welcomed, joining, closed.
        case joined
    }

    let settings: PeerJSSettings
    let member: [UInt8]
    var state = State.closed
    private let token: String
    private let roster: PeerJSRoster
    private var room: [UInt8] = []
    private var beatAt = Instant.distantFuture
    /// What stands behind the receiver in a message to the room, as far as the signal.
    private var middle: [UInt8] = []

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        try self.init(settings, ticket: ticket, roster: .shared)
    }

    init(_ settings: BackendSettings, ticket: Ticket, roster: PeerJSRoster) throws(BackendError) {
        self.settings = try PeerJSSettings(settings)
        self.member = Array((ticket.values["id"] ?? ticket.drawnIdentifier).utf8)
        self.token = String(ticket.seed, radix: 36)
        self.roster = roster
    }

    package var target: String? {
        self.settings.target(id: String(decoding: self.member, as: UTF8.self), token: self.token)
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.state = .welcoming(deadline: now + self.settings.patience)
        self.beatAt = now + self.settings.heartbeat
    }

    // MARK: Deadlines

    package var deadline: Instant? {
        switch self.state {
        case .closed: nil
        case .welcoming(let deadline): deadline
        case .joining(let at): at
        case .welcomed, .joined: self.beatAt
        }
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        switch self.state {
        case .welcoming(let deadline) where deadline <= now:
            throw DialectError(code: .timeout, message: "the PeerServer did not say OPEN in time")
        case .joining(let at) where at <= now:
            self.state = .joined
            return .joined(confirmed: false)
        case .welcomed, .joined:
            guard self.beatAt <= now else { return nil }
            self.beatAt = now + self.settings.heartbeat
            out.text(#"{"type":"HEARTBEAT"}"#)
            return nil
        case .closed, .welcoming, .joining: return nil
        }
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.leaveRoom()
        self.state = .closed
        return false
    }

    private mutating func leaveRoom() {
        guard !self.room.isEmpty else { return }
        self.roster.remove(self.member, from: self.room, at: self.settings.place)
        self.room = []
    }

    // MARK: Out

    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch (command, self.state) {
        case (_, .closed), (.join, .welcoming), (.leave, .welcoming), (.send, .welcoming), (.leave, .welcomed),
            (.send, .welcomed):
            return .refused
        case (.join(let name), _):
            self.leaveRoom()
            self.room = Array(name.utf8)
            self.middle =
                Array(#","payload":{"type":"data","connectionId":"#.utf8) + JSONText.quoted(self.room)
                + Array(#","signal":"#.utf8)
            self.roster.add(self.member, to: self.room, at: self.settings.place)
            self.state = .joining(at: now)
        case (.leave, _):
            self.leaveRoom()
            self.state = .welcomed
        case (.send(let signal, .peer(let peer), _), _):
            self.say(signal, to: peer.bytes, Self.verb(signal), into: &out)
        case (.send(let signal, .room, _), _):
            let verb = Self.verb(signal)
            for peer in self.roster.members(of: self.room, at: self.settings.place) where peer != self.member {
                self.say(signal, to: peer, verb, into: &out)
            }
        case (.close, _): out.closeFrame(code: 1000)
        }
        return .written
    }

    private func say(_ signal: ByteBuffer, to peer: [UInt8], _ verb: [UInt8], into out: inout Outbox) {
        let name = JSONText.quoted(peer)
        let length = verb.count + name.count + self.middle.count + signal.readableBytes + 2
        out.frame(.text, length: length) { wire in
            wire.writeBytes(verb)
            wire.writeBytes(name)
            wire.writeBytes(self.middle)
            wire.writeImmutableBuffer(signal)
            wire.writeStaticString("}}")
        }
    }

    /// How a message begins that carries such a signal: a PeerServer forwards these types alone.
    private static func verb(_ signal: ByteBuffer) -> [UInt8] {
        let type =
            switch EnvelopeScanner.scan(signal.readableBytesSpan).kind {
            case .offer: "OFFER"
            case .answer: "ANSWER"
            case .bye: "LEAVE"
            default: "CANDIDATE"
            }
        return Array(#"{"type":""#.utf8) + Array(type.utf8) + Array(#"","dst":"#.utf8)
    }

    // MARK: In

    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        guard bytes.readableBytes > 0 else { return nil }
        defer { bytes.moveReaderIndex(to: bytes.writerIndex) }
        let start = bytes.readerIndex
        let found = bytes.withUnsafeReadableBytes { text -> PeerJSMessage? in
            guard UTF8Validator.isValid(text) else { return nil }
            return try? PeerJSMessage(text, at: start)
        }
        guard let message = found else {
            throw DialectError(
                code: .malformed, message: "the PeerServer sent something that is no JSON object in UTF-8")
        }
        return try self.event(message, bytes)
    }

    private mutating func event(_ message: PeerJSMessage, _ bytes: ByteBuffer) throws(DialectError) -> Inbound {
        switch message.type {
        case "OPEN":
            guard case .welcoming = self.state else {
                throw DialectError(code: .unexpected, message: "the PeerServer said OPEN twice")
            }
            self.state = .welcomed
            return .welcomed(PeerID(bytes: self.member))
        case "ID-TAKEN", "ERROR", "INVALID-KEY":
            throw DialectError(
                code: .forbidden, message: "the PeerServer said \(message.type): \(message.words)")
        case "EXPIRE":
            return .refused(
                Refusal(
                    code: "EXPIRE", message: "nobody came to take a message to \(message.source)", subject: .send))
        case "OFFER", "ANSWER", "CANDIDATE", "LEAVE":
            guard let range = message.signal, !self.room.isEmpty, message.room == self.room,
                let head = SignalReader.head(of: range, in: bytes, selfID: self.member)
            else { return .control }
            guard head.verdict == .mine else { return .overheard(head) }
            return .signal(head, body: range)
        default: return .control
        }
    }
}
