package import NIOCore
package import Signaling

/// The client's side of a room that is a collection of PocketBase; the DocC article "PocketBase" has the mapping.
///
/// One connection listens to events, and another one posts, one request at a time. A member draws its own id.
package struct PocketBaseDialect: Dialect {
    /// Where the session stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: opened.
        case closed
        /// Events were asked for, and the client id is owed until then. Next: welcomed, closed.
        case opened(deadline: Instant)
        /// Named, in no room. Next: joining, closed.
        case welcomed
        /// The subscription was posted, and its answer is owed until then. Next: joined, welcomed, closed.
        case joining(deadline: Instant)
        /// A member. Next: joining, welcomed, closed.
        case joined
    }

    private static let subscribing: UInt32 = 1
    private static let sending: UInt32 = 2

    private let settings: PocketBaseSettings
    private let member: [UInt8]
    private var state = State.closed
    /// By which the server knows the stream of events.
    private var clientID = ""
    private var room: [UInt8] = []
    /// What the events of the room are called.
    private var subscription = ""
    /// How a record begins, as far as the member that it is for.
    private var head: [UInt8] = []
    /// Subscriptions whose answers are owed; only that of the last one counts.
    private var subscribed = 0
    /// The sends whose answers are owed, in the order in which they are posted.
    private var posted = CircularBuffer<UInt64>()

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.settings = try PocketBaseSettings(settings)
        let digits = String(ticket.seed, radix: 16)
        self.member = Array((String(repeating: "0", count: 16 - digits.count) + digits).utf8)
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.state = .opened(deadline: now + self.settings.patience)
        self.posted.removeAll()
        self.subscribed = 0
        self.room = []
        out.listen(.events, path: "/api/realtime")
    }

    package var deadline: Instant? {
        switch self.state {
        case .opened(let deadline), .joining(let deadline): deadline
        case .closed, .welcomed, .joined: nil
        }
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        guard let deadline, deadline <= now else { return nil }
        throw DialectError(
            code: .timeout,
            message: self.clientID.isEmpty
                ? "PocketBase did not say PB_CONNECT in time" : "PocketBase did not answer the subscription in time")
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        self.clientID = ""
        return false
    }

    // MARK: Out

    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch (command, self.state) {
        // The end of the connection says nothing itself.
        case (_, .closed), (_, .opened), (.close, _), (.send, .welcomed), (.leave, .welcomed): return .refused
        case (.join(let name), _):
            self.room = PlainName.of(Array(name.utf8))
            let room = String(decoding: self.room, as: UTF8.self)
            self.subscription = self.settings.subscription(room, String(decoding: self.member, as: UTF8.self))
            self.head =
                Array(#"{"room":""#.utf8) + self.room + Array(#"","from":""#.utf8) + self.member
                + Array(#"","sendto":""#.utf8)
            self.subscribe([self.subscription], into: &out)
            self.state = .joining(deadline: now + self.settings.patience)
        case (.leave, _):
            self.subscribe([], into: &out)
            self.room = []
            self.state = .welcomed
        case (.send(let signal, let target, let id), _):
            var peer: [UInt8] = []
            if case .peer(let target) = target { peer = PlainName.of(target.bytes) }
            self.posted.append(id)
            var body = ByteBufferAllocator().buffer(
                capacity: self.head.count + peer.count + signal.readableBytes + 16)
            body.writeBytes(self.head)
            body.writeBytes(peer)
            body.writeStaticString(#"","body":"#)
            body.writeImmutableBuffer(signal)
            body.writeStaticString("}")
            self.post(self.settings.recordsPath, body, Self.sending, into: &out)
        }
        return .written
    }

    /// Says what this session listens to, in place of what it did.
    private mutating func subscribe(_ names: [String], into out: inout Outbox) {
        self.subscribed += 1
        let list = names.map { "\"\($0)\"" }.joined(separator: ",")
        let body = #"{"clientId":"\#(self.clientID)","subscriptions":[\#(list)]}"#
        self.post("/api/realtime", ByteBuffer(string: body), Self.subscribing, into: &out)
    }

    private func post(_ path: String, _ body: ByteBuffer, _ tag: UInt32, into out: inout Outbox) {
        out.request("POST", path: path, fields: [("Content-Type", "application/json")], body: body, tag: tag)
    }

    // MARK: In

    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        guard bytes.readableBytes > 0 else { return nil }
        let incoming = try HTTPIncoming(&bytes)
        defer { bytes.moveReaderIndex(to: bytes.writerIndex) }
        switch incoming {
        case .listening: return .control
        case .answer(let tag, let status, let refusal): return self.answered(tag, status, refusal)
        case .event(let type, let id):
            guard type != "PB_CONNECT" else { return try self.connected(id) }
            guard type == self.subscription, !self.room.isEmpty else { return .control }
            return try self.created(bytes)
        }
    }

    private mutating func connected(_ id: String) throws(DialectError) -> Inbound {
        guard case .opened = self.state else {
            throw DialectError(code: .unexpected, message: "PocketBase said PB_CONNECT twice")
        }
        // It goes back within quotes.
        guard !id.isEmpty, id.utf8.allSatisfy({ PlainName.of([$0]) == [$0] || $0 == UInt8(ascii: "_") }) else {
            throw DialectError(code: .malformed, message: "PocketBase gave no client id")
        }
        self.clientID = id
        self.state = .welcomed
        return .welcomed(PeerID(bytes: self.member))
    }

    private mutating func answered(_ tag: UInt32, _ status: Int, _ refusal: String) -> Inbound {
        guard tag == Self.sending else {
            self.subscribed -= 1
            guard self.subscribed == 0, case .joining = self.state else { return .control }
            guard status / 100 == 2 else {
                (self.state, self.room) = (.welcomed, [])
                return .refused(Refusal(code: "\(status)", message: refusal, subject: .join))
            }
            self.state = .joined
            return .joined(confirmed: true)
        }
        guard let id = self.posted.popFirst() else { return .control }
        guard status / 100 != 2 else { return .acked(id) }
        return .refused(Refusal(code: "\(status)", message: refusal, subject: .send))
    }

    /// Judges the record of an event.
    private func created(_ bytes: ByteBuffer) throws(DialectError) -> Inbound {
        let start = bytes.readerIndex
        let found = bytes.withUnsafeReadableBytes { text -> PocketBaseEvent? in
            guard UTF8Validator.isValid(text) else { return nil }
            return try? PocketBaseEvent(text, at: start)
        }
        guard let event = found else {
            throw DialectError(code: .malformed, message: "PocketBase sent an event that is no JSON object in UTF-8")
        }
        guard event.isCreation, event.room == self.room, let body = event.body,
            let head = SignalReader.head(of: body, in: bytes, selfID: self.member)
        else { return .control }
        return head.verdict == .mine ? .signal(head, body: body) : .overheard(head)
    }
}

/// What counts of one event of PocketBase; of a key that stands twice, the first counts.
struct PocketBaseEvent {
    var isCreation = false
    var room: [UInt8] = []
    /// Where the signal is, in indices of the buffer.
    var body: Range<Int>?

    /// - Parameters:
    ///   - text: the event's data.
    ///   - start: the index of its first byte in the buffer.
    /// - Throws: ``JSONError`` when it is not one JSON object.
    init(_ text: UnsafeRawBufferPointer, at start: Int) throws(JSONError) {
        var record: Range<Int>?
        try JSONWalker.members(of: text) { key, value in
            switch key {
            case "action":
                self.isCreation = value.isString && text[value.content].elementsEqual("create".utf8)
            case "record" where value.kind == .object: record = value.range
            default: break
            }
        }
        guard let record else { return }
        let inner = UnsafeRawBufferPointer(rebasing: text[record])
        let place = start + record.lowerBound
        try JSONWalker.members(of: inner) { key, value in
            switch key {
            case "room" where value.isString: self.room = Array(inner[value.content])
            case "body" where value.kind == .object:
                self.body = place + value.range.lowerBound..<place + value.range.upperBound
            default: break
            }
        }
    }
}
