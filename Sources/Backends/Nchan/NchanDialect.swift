package import NIOCore
package import Signaling

/// The client's side of a room that is a channel of nginx's module nchan; the DocC article "nchan" has the mapping.
///
/// One connection listens, by server-sent events or long polls, and another one posts. A member draws its own id.
package struct NchanDialect: Dialect {
    /// Where the session stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: opened.
        case closed
        /// The carrier is open, and the welcome is due. Next: welcomed, closed.
        case opened(at: Instant)
        /// Named, in no room. Next: joining, closed.
        case welcomed
        /// Events were asked for, and are to begin until then; of polls nothing is said, and they are taken as begun.
        /// Next: joined, closed.
        case joining(deadline: Instant)
        /// A member. Next: joining, closed.
        case joined
    }

    private let settings: NchanSettings
    private let member: [UInt8]
    private var state = State.closed
    private var room: [UInt8] = []
    /// The sends whose answers are owed, in the order in which they are posted.
    private var posted = CircularBuffer<UInt64>()
    /// The last event's id, by which the server knows what comes next; empty before the first.
    private var lastID = ""
    private var isResumed = false

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.settings = try NchanSettings(settings)
        let digits = String(ticket.seed, radix: 16)
        self.member = Array((String(repeating: "0", count: 16 - digits.count) + digits).utf8)
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.state = .opened(at: now)
        self.posted.removeAll()
        self.isResumed = false
    }

    package var deadline: Instant? {
        switch self.state {
        case .opened(let at), .joining(let at): at
        case .closed, .welcomed, .joined: nil
        }
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        guard let deadline, deadline <= now else { return nil }
        if case .opened = self.state {
            self.state = .welcomed
            return .welcomed(PeerID(bytes: self.member))
        }
        guard self.settings.read == .longpoll else {
            throw DialectError(code: .timeout, message: "the events of the room did not begin in time")
        }
        self.state = .joined
        return .joined(confirmed: false)
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return self.settings.resumes && !self.lastID.isEmpty
    }

    // MARK: Out

    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch (command, self.state) {
        // Nothing takes back what is listened to but the end of the connection, which says nothing itself.
        case (_, .closed), (_, .opened), (.leave, _), (.close, _), (.send, .welcomed): return .refused
        case (.join(let name), _):
            let room = Array(name.utf8)
            var fields: [(String, String)] = []
            if self.settings.resumes, room == self.room, !self.lastID.isEmpty {
                fields = [("Last-Event-ID", self.lastID)]
                self.isResumed = true
            }
            self.room = room
            let wait = self.settings.read == .longpoll ? self.settings.joinGrace : self.settings.patience
            self.state = .joining(deadline: now + wait)
            out.listen(
                self.settings.read.listening, path: self.settings.readPath(self.room, self.member), fields: fields)
        case (.send(let signal, let target, let id), _):
            self.posted.append(id)
            var peer: [UInt8]?
            if case .peer(let target) = target, self.settings.layout == .inbox { peer = target.bytes }
            out.request(
                "POST", path: self.settings.postPath(self.room, peer), fields: [("Content-Type", "application/json")],
                body: signal)
        }
        return .written
    }

    // MARK: In

    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        guard bytes.readableBytes > 0 else { return self.afterResume() }
        switch try HTTPIncoming(&bytes) {
        case .listening:
            bytes.moveReaderIndex(to: bytes.writerIndex)
            guard case .joining = self.state else { return .control }
            self.state = .joined
            return self.isResumed ? .resumed : .joined(confirmed: true)
        case .answer(_, let status, let refusal):
            bytes.moveReaderIndex(to: bytes.writerIndex)
            guard let id = self.posted.popFirst() else { return .control }
            guard status / 100 != 2 else { return .acked(id) }
            return .refused(Refusal(code: "\(status)", message: refusal, subject: .send))
        case .event(let type, let id):
            let body = bytes.readerIndex..<bytes.writerIndex
            bytes.moveReaderIndex(to: bytes.writerIndex)
            if !id.isEmpty { self.lastID = id }
            guard type == "message",
                let head = SignalReader.head(of: body, in: bytes, selfID: self.member)
            else { return .control }
            guard head.verdict == .mine else { return .overheard(head) }
            guard head.tag != nil || SignalReader.isSound(body, in: bytes) else { return .control }
            return .signal(head, body: body)
        }
    }

    /// The join that was confirmed in the same message in which the session was found to go on.
    private mutating func afterResume() -> Inbound? {
        guard self.isResumed, case .joined = self.state else { return nil }
        self.isResumed = false
        return .joined(confirmed: true)
    }
}
