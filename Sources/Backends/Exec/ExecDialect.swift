package import NIOCore
package import Signaling

/// The driver's side of the adapter protocol: one agent among those that a child process serves.
///
/// The DocC article "Writing an adapter" specifies it. The carrier puts the agent's number in front of each line that goes
/// out; what comes in still has it.
package struct ExecDialect: Dialect {
    /// Where the session stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: welcoming.
        case closed
        /// The adapter has to say `welcomed` until then. Next: welcomed, closed.
        case welcoming(deadline: Instant)
        /// Named, in no room. Next: joining, closed.
        case welcomed
        /// The adapter has to say `joined` until then. Next: joined, welcomed, closed.
        case joining(deadline: Instant)
        /// A member. Next: welcomed, joining, closed.
        case joined
    }

    /// Nanoseconds that the adapter may take to welcome and to confirm.
    private let patience: Int64
    private var state = State.closed
    /// The id that the adapter gave; empty before.
    private var ownID: [UInt8] = []
    package private(set) var scratch = ByteBuffer()

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.patience = settings.connectTimeout
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.state = .welcoming(deadline: now + self.patience)
        self.ownID = []
        Self.say(#"{"op":"open"}"#, into: &out)
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
            throw DialectError(code: .timeout, message: "the adapter did not say welcomed in time")
        }
        throw DialectError(code: .timeout, message: "the adapter did not say joined in time")
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return false
    }

    // MARK: Out

    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch (command, self.state) {
        case (_, .closed), (.join, .welcoming), (.leave, .welcoming), (.send, .welcoming), (.leave, .welcomed),
            (.send, .welcomed):
            return .refused
        case (.join(let room), _):
            self.state = .joining(deadline: now + self.patience)
            Self.say(
                Array(#"{"op":"join","room":"#.utf8) + JSONText.quoted(room.utf8) + [UInt8(ascii: "}")], into: &out)
        case (.leave, _):
            self.state = .welcomed
            Self.say(#"{"op":"leave"}"#, into: &out)
        case (.send(let signal, let target, _), _):
            var head = Array(#"{"op":"send","#.utf8)
            if case .peer(let peer) = target {
                head += Array(#""to":"#.utf8) + JSONText.quoted(peer.bytes) + [UInt8(ascii: ",")]
            }
            head += Array(#""signal":"#.utf8)
            out.bytes(head.count + signal.readableBytes + 2) { wire in
                wire.writeBytes(head)
                wire.writeImmutableBuffer(signal)
                wire.writeStaticString("}\n")
            }
        case (.close, _):
            Self.say(#"{"op":"close"}"#, into: &out)
        }
        return .written
    }

    private static func say(_ line: String, into out: inout Outbox) { self.say(Array(line.utf8), into: &out) }

    private static func say(_ line: [UInt8], into out: inout Outbox) {
        out.bytes(line.count + 1) { wire in
            wire.writeBytes(line)
            wire.writeStaticString("\n")
        }
    }

    // MARK: In

    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        guard bytes.readableBytes > 0 else { return nil }
        if let event = self.expectedSignal(bytes) {
            bytes.moveReaderIndex(to: bytes.writerIndex)
            return event
        }
        let line: PipeLine
        do throws(JSONError) {
            line = try PipeLine(bytes)
        } catch {
            throw DialectError(code: .malformed, message: "the adapter wrote a line that is \(error.message)")
        }
        let event = try self.event(line, bytes)
        bytes.moveReaderIndex(to: bytes.writerIndex)
        return event
    }

    /// The hot path: a signal in a line that is written as the protocol recommends.
    @inline(__always)
    private func expectedSignal(_ bytes: ByteBuffer) -> Inbound? {
        let range = bytes.withUnsafeReadableBytes { text -> Range<Int>? in
            guard let start = PipeLine.signalStart(in: text), text.count > start + 2,
                text[text.count - 1] == UInt8(ascii: "}")
            else { return nil }
            return start..<text.count - 1
        }
        guard let range else { return nil }
        let signal = bytes.readerIndex + range.lowerBound..<bytes.readerIndex + range.upperBound
        guard let head = SignalReader.head(of: signal, in: bytes, selfID: self.ownID) else { return nil }
        guard head.verdict == .mine else { return .overheard(head) }
        return SignalReader.isSound(signal, in: bytes) ? .signal(head, body: signal) : nil
    }

    private mutating func event(_ line: PipeLine, _ bytes: ByteBuffer) throws(DialectError) -> Inbound {
        switch line.operation {
        case "welcomed":
            guard case .welcoming = self.state else {
                throw DialectError(code: .unexpected, message: "the adapter said welcomed twice")
            }
            guard let id = line.texts["id"], !id.isEmpty else {
                throw DialectError(code: .malformed, message: "the adapter said welcomed without an id")
            }
            self.state = .welcomed
            self.ownID = Array(id.utf8)
            return .welcomed(PeerID(id))
        case "joined":
            guard case .joining = self.state else { return .control }
            self.state = .joined
            return .joined(confirmed: line.texts["confirmed"] != "false")
        case "signal": return try self.signal(line, bytes)
        case "peerJoined": return line.texts["id"].map { .peerJoined(PeerID($0)) } ?? .control
        case "peerLeft": return line.texts["id"].map { .peerLeft(PeerID($0)) } ?? .control
        case "error":
            return .refused(
                Refusal(
                    code: line.texts["code"] ?? "", message: line.texts["message"] ?? "",
                    subject: ["join": .join, "send": .send][line.texts["about"] ?? ""] ?? .other))
        case "closed":
            return .closed(
                .closed(code: line.texts["code"].flatMap { UInt16($0) } ?? 1005, reason: line.texts["reason"] ?? ""))
        case "":
            throw DialectError(code: .malformed, message: "the adapter wrote a line without op")
        default: return .control
        }
    }

    private mutating func signal(_ line: PipeLine, _ bytes: ByteBuffer) throws(DialectError) -> Inbound {
        guard let signal = line.signal else {
            throw DialectError(code: .malformed, message: "the adapter wrote a signal line without a signal")
        }
        var (range, source) = (signal.range, bytes)
        if signal.isNested {
            let start = bytes.readerIndex
            let text = bytes.withUnsafeReadableBytes { all in
                JSONText.unescape(range.lowerBound - start..<range.upperBound - start, in: all)
            }
            self.scratch.clear()
            self.scratch.writeBytes(text ?? [])
            (range, source) = (0..<self.scratch.readableBytes, self.scratch)
        }
        guard
            let head = SignalReader.head(of: range, in: source, selfID: self.ownID, isInScratch: signal.isNested)
        else { throw DialectError(code: .malformed, message: "the adapter wrote a signal that is no JSON object") }
        guard head.verdict == .mine else { return .overheard(head) }
        guard SignalReader.isSound(range, in: source) else {
            throw DialectError(code: .malformed, message: "the adapter wrote a signal that is not JSON in UTF-8")
        }
        return .signal(head, body: range)
    }
}
