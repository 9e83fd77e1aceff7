package import NIOCore
package import Signaling

/// The client's side of a room that is a channel of Rails' Action Cable; the DocC article "Action Cable" has the mapping.
///
/// A message comes as we expect it written at the cost of a comparison; any other order of keys is read by a walk.
package struct ActionCableDialect: Dialect {
    /// Where the session stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: welcoming.
        case closed
        /// The server has to say `welcome` until then. Next: welcomed, closed.
        case welcoming(deadline: Instant)
        /// Named, in no room. Next: joining, closed.
        case welcomed
        /// The server has to confirm the subscription until then. Next: joined, welcomed, joining, closed.
        case joining(deadline: Instant)
        /// A member. Next: welcomed, joining, closed.
        case joined
    }

    let settings: ActionCableSettings
    let member: [UInt8]
    var state = State.closed
    /// The identifier of the subscription, a JSON object as text; empty for none.
    var identifier: [UInt8] = []
    /// How a message of that subscription begins.
    var prefix: [UInt8] = []
    /// How a signal to it begins.
    private var sendHead: [UInt8] = []
    private var heardAt = Instant(nanoseconds: 0)

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.settings = try ActionCableSettings(settings)
        let digits = String(ticket.seed, radix: 16)
        self.member = Array((String(repeating: "0", count: 16 - digits.count) + digits).utf8)
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.state = .welcoming(deadline: now + self.settings.patience)
        self.identifier = []
        self.prefix = []
        self.heardAt = now
    }

    // MARK: Deadlines

    package var deadline: Instant? {
        switch self.state {
        case .closed: nil
        case .welcoming(let deadline): deadline
        case .joining(let deadline): min(deadline, self.silence ?? .distantFuture)
        case .welcomed, .joined: self.silence
        }
    }

    /// When the server, which pings every three seconds, was silent for too long.
    private var silence: Instant? { self.settings.silence > 0 ? self.heardAt + self.settings.silence : nil }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        switch self.state {
        case .welcoming(let deadline) where deadline <= now:
            throw DialectError(code: .timeout, message: "the server did not say welcome in time")
        case .joining(let deadline) where deadline <= now:
            throw DialectError(code: .timeout, message: "the server did not confirm the subscription in time")
        case .joining, .welcomed, .joined:
            guard let silence = self.silence, silence <= now else { return nil }
            throw DialectError(code: .timeout, message: "the server's pings stayed away")
        case .closed, .welcoming: return nil
        }
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return false
    }

    // MARK: Out

    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch (command, self.state) {
        case (_, .closed), (.join, .welcoming), (.leave, .welcoming), (.send, .welcoming), (.leave, .welcomed),
            (.send, .welcomed), (.send, .joining):
            return .refused
        case (.join(let name), _):
            self.unsubscribe(into: &out)
            self.identifier = self.settings.identifier(room: Array(name.utf8), member: self.member)
            let quoted = JSONText.quoted(self.identifier)
            self.prefix = Array(#"{"identifier":"#.utf8) + quoted + Array(#","message":"#.utf8)
            self.sendHead = Array(#"{"command":"message","identifier":"#.utf8) + quoted + Array(#","data":"#.utf8)
            self.state = .joining(deadline: now + self.settings.patience)
            out.text(Array(#"{"command":"subscribe","identifier":"#.utf8) + quoted + [UInt8(ascii: "}")])
        case (.leave, _):
            self.unsubscribe(into: &out)
            self.state = .welcomed
        case (.send(let signal, _, _), _):
            // The signal lies in the data, which is a text of JSON, which is a string of the command.
            let data = self.settings.action + Array(signal.readableBytesView) + [UInt8(ascii: "}")]
            out.text(self.sendHead + JSONText.quoted(data) + [UInt8(ascii: "}")])
        case (.close, _): out.closeFrame(code: 1000)
        }
        return .written
    }

    private mutating func unsubscribe(into out: inout Outbox) {
        guard !self.identifier.isEmpty else { return }
        out.text(
            Array(#"{"command":"unsubscribe","identifier":"#.utf8) + JSONText.quoted(self.identifier)
                + [UInt8(ascii: "}")])
        self.identifier = []
        self.prefix = []
    }

    // MARK: In

    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        let count = bytes.readableBytes
        guard count > 0 else { return nil }
        self.heardAt = now
        defer { bytes.moveReaderIndex(to: bytes.writerIndex) }
        if !self.prefix.isEmpty, count > self.prefix.count + 2,
            SignalReader.has(self.prefix, at: bytes.readerIndex, in: bytes),
            bytes.getInteger(at: bytes.writerIndex - 1, as: UInt8.self) == UInt8(ascii: "}")
        {
            let range = bytes.readerIndex + self.prefix.count..<bytes.writerIndex - 1
            if let head = SignalReader.head(of: range, in: bytes, selfID: self.member) {
                guard head.verdict == .mine else { return .overheard(head) }
                if SignalReader.isSound(range, in: bytes) { return .signal(head, body: range) }
            }
        }
        let start = bytes.readerIndex
        let found = bytes.withUnsafeReadableBytes { text -> ActionCableFields? in
            guard UTF8Validator.isValid(text) else { return nil }
            return try? ActionCableFields(text, at: start)
        }
        guard let fields = found else {
            throw DialectError(code: .malformed, message: "the server sent something that is no JSON object in UTF-8")
        }
        return try self.event(fields, bytes)
    }

    @inline(never)
    private mutating func event(_ fields: ActionCableFields, _ bytes: ByteBuffer) throws(DialectError) -> Inbound {
        switch fields.type {
        case "welcome":
            guard case .welcoming = self.state else {
                throw DialectError(code: .unexpected, message: "the server said welcome twice")
            }
            self.state = .welcomed
            return .welcomed(PeerID(bytes: self.member))
        case "confirm_subscription":
            guard case .joining = self.state, fields.identifier == self.identifier else { return .control }
            self.state = .joined
            return .joined(confirmed: true)
        case "reject_subscription":
            guard fields.identifier == self.identifier else { return .control }
            self.state = .welcomed
            self.identifier = []
            return .refused(
                Refusal(
                    code: fields.type,
                    message: "the application rejected the subscription; backend.channel names its channel",
                    subject: .join))
        case "disconnect":
            return .closed(.closed(code: 1000, reason: "disconnect: \(fields.reason)"))
        case "":
            // A message of the subscription that was given up may come behind it.
            guard let range = fields.message, fields.identifier == self.identifier,
                let head = SignalReader.head(of: range, in: bytes, selfID: self.member)
            else { return .control }
            guard head.verdict == .mine else { return .overheard(head) }
            return .signal(head, body: range)
        default: return .control
        }
    }
}

/// The members of one text of the server; of a key that stands twice, the first counts.
struct ActionCableFields {
    var type = ""
    var identifier: [UInt8]?
    var reason = ""
    /// Where the message is, in indices of the buffer.
    var message: Range<Int>?

    /// - Throws: ``JSONError`` when it is not one JSON object.
    init(_ text: UnsafeRawBufferPointer, at start: Int) throws(JSONError) {
        try JSONWalker.members(of: text) { key, value in
            let string = value.isString ? JSONText.unescape(value.content, in: text) : nil
            switch key {
            case "type": self.type = string.map { String(decoding: $0, as: UTF8.self) } ?? "?"
            case "identifier": self.identifier = string
            case "reason": self.reason = String(decoding: string ?? [], as: UTF8.self)
            case "message" where value.kind == .object:
                self.message = start + value.range.lowerBound..<start + value.range.upperBound
            default: break
            }
        }
    }
}
