package import NIOCore
package import Signaling

/// The client's side of any protocol of JSON texts over WebSocket, as a mapping describes it.
///
/// A message is a signal of the room at the cost of two comparisons once one like it was read: what stands before and behind
/// the signal of the last one is expected around the next. Everything else is found by pointers, without decoding the rest.
package struct JSONDialect: Dialect {
    /// Where the session stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: welcoming, welcomed.
        case closed
        /// The server has to greet until then. Next: welcomed, closed.
        case welcoming(deadline: Instant)
        /// Named, in no room. Next: joining, closed.
        case welcomed
        /// The server has to confirm the join until then, or it is taken as done. Next: joined, welcomed, closed.
        case joining(deadline: Instant)
        /// A member. Next: welcomed, joining, closed.
        case joined
    }

    let mapping: JSONMapping
    private let patience: Int64
    private let joinGrace: Int64
    private var state = State.closed
    private var isGreeted = false
    private var ownID: [UInt8]
    private var room: [UInt8] = []
    private var number: UInt64 = 0
    private var beatAt: Instant?
    /// What stood around the last signal that came as an object.
    private var around: (before: [UInt8], behind: [UInt8]) = ([], [])
    /// The beginning of the last message that matched nothing.
    private var unmatched = ByteBuffer()
    package private(set) var scratch = ByteBuffer()

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.mapping = try Self.mapping(settings)
        self.patience = settings.connectTimeout
        self.joinGrace = settings.joinGrace
        let digits = String(ticket.seed, radix: 16)
        self.ownID = Array((String(repeating: "0", count: 16 - digits.count) + digits).utf8)
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.room = []
        self.unmatched = ByteBuffer()
        self.isGreeted = self.mapping.kind(.welcome) == nil
        self.state = .welcoming(deadline: self.isGreeted ? now : now + self.patience)
        if self.mapping.heartbeat > 0 { self.beatAt = now + self.mapping.heartbeat }
        self.say(.open, into: &out)
    }

    package var deadline: Instant? {
        let owed: Instant? =
            switch self.state {
            case .welcoming(let deadline), .joining(let deadline): deadline
            case .closed, .welcomed, .joined: nil
            }
        guard let owed, let beatAt else { return owed ?? self.beatAt }
        return min(owed, beatAt)
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        if let beatAt, beatAt <= now {
            self.beatAt = now + self.mapping.heartbeat
            self.say(.heartbeat, into: &out)
        }
        switch self.state {
        case .welcoming(let deadline) where deadline <= now:
            guard self.isGreeted else { throw self.missed(.welcome) }
            self.state = .welcomed
            return .welcomed(PeerID(bytes: self.ownID))
        case .joining(let deadline) where deadline <= now:
            guard self.mapping.kind(.joined) == nil else { throw self.missed(.joined) }
            self.state = .joined
            return .joined(confirmed: false)
        default: return nil
        }
    }

    private func missed(_ event: JSONMapping.Event) -> DialectError {
        let kind = self.mapping.kind(event)
        let place = "\(self.mapping.file):\(kind?.line ?? 0): receive.\(event.rawValue): \(kind?.text ?? "")"
        let last =
            self.unmatched.readableBytes == 0
            ? "nothing came"
            : "the last message that matched nothing: \(Secrets.excerpt(self.unmatched.readableBytesView))"
        return DialectError(code: .timeout, message: "no message matched \(place); \(last)")
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        self.beatAt = nil
        return false
    }

    // MARK: Out

    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch (command, self.state) {
        case (_, .closed), (.join, .welcoming), (.leave, .welcoming), (.send, .welcoming), (.leave, .welcomed),
            (.send, .welcomed):
            return .refused
        case (.join(let room), _):
            self.room = Array(room.utf8)
            self.around = ([], [])
            self.state = .joining(deadline: now + (self.mapping.kind(.joined) == nil ? self.joinGrace : self.patience))
            self.say(.join, into: &out)
        case (.leave, _):
            guard self.mapping.templates[.leave] != nil else { return .refused }
            self.state = .welcomed
            self.say(.leave, into: &out)
        case (.send(let signal, let target, _), _):
            if case .peer(let peer) = target, self.mapping.templates[.direct] != nil {
                self.say(.direct, to: peer.bytes, signal: signal, into: &out)
            } else {
                self.say(.message, signal: signal, into: &out)
            }
        case (.close, _): out.closeFrame(code: 1000)
        }
        return .written
    }

    private mutating func say(
        _ saying: JSONMapping.Saying, to peer: [UInt8] = [], signal: ByteBuffer = ByteBuffer(), into out: inout Outbox
    ) {
        guard let template = self.mapping.templates[saying] else { return }
        self.number += 1
        out.text(template.filled(room: self.room, id: self.ownID, to: peer, signal: signal, number: self.number))
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
        let start = bytes.readerIndex
        let found = bytes.withUnsafeReadableBytes { text -> (JSONMapping.Kind, JSONWalker.Value?, [String: String])? in
            for kind in self.mapping.kinds where kind.pattern.matches(text, room: self.room, id: self.ownID) {
                var texts: [String: String] = [:]
                for name in kind.event.captures where name != "signal" {
                    texts[name] = kind.pattern.text(name, in: text)
                }
                return (kind, kind.pattern.captures["signal"]?.find(in: text), texts)
            }
            return nil
        }
        defer { bytes.moveReaderIndex(to: bytes.writerIndex) }
        guard let (kind, signal, texts) = found else {
            self.unmatched = bytes.getSlice(at: start, length: min(bytes.readableBytes, 5_000)) ?? ByteBuffer()
            return .control
        }
        switch kind.event {
        case .signal: return try self.signal(signal, start, bytes)
        case .welcome:
            guard case .welcoming = self.state else { return .control }
            if let id = texts["id"], !id.isEmpty { self.ownID = Array(id.utf8) }
            self.state = .welcomed
            return .welcomed(PeerID(bytes: self.ownID))
        case .joined:
            guard case .joining = self.state else { return .control }
            self.state = .joined
            return .joined(confirmed: true)
        case .peerJoined: return texts["id"].map { .peerJoined(PeerID($0)) } ?? .control
        case .peerLeft: return texts["id"].map { .peerLeft(PeerID($0)) } ?? .control
        case .error:
            var subject = Refusal.Subject.other
            if case .joining = self.state { subject = .join }
            return .refused(
                Refusal(code: texts["code"] ?? "", message: texts["message"] ?? "", subject: subject))
        case .ping:
            self.say(.pong, into: &out)
            return .control
        }
    }

    /// The hot path: a signal as an object, with the same bytes around it as the last one.
    @inline(__always)
    private func expectedSignal(_ bytes: ByteBuffer) -> Inbound? {
        let (before, behind) = self.around
        let count = bytes.readableBytes
        guard !before.isEmpty, count > before.count + behind.count,
            SignalReader.has(before, at: bytes.readerIndex, in: bytes),
            SignalReader.has(behind, at: bytes.writerIndex - behind.count, in: bytes)
        else { return nil }
        let range = bytes.readerIndex + before.count..<bytes.writerIndex - behind.count
        guard let head = SignalReader.head(of: range, in: bytes, selfID: self.ownID) else { return nil }
        guard head.verdict == .mine else { return .overheard(head) }
        return SignalReader.isSound(range, in: bytes) ? .signal(head, body: range) : nil
    }

    private mutating func signal(
        _ value: JSONWalker.Value?, _ start: Int, _ bytes: ByteBuffer
    ) throws(DialectError) -> Inbound {
        guard let value else { return .control }
        var range = start + value.range.lowerBound..<start + value.range.upperBound
        var source = bytes
        if value.isString {
            let text = bytes.withUnsafeReadableBytes { JSONText.unescape(value.content, in: $0) }
            self.scratch.clear()
            self.scratch.writeBytes(text ?? [])
            (range, source) = (0..<self.scratch.readableBytes, self.scratch)
        } else {
            self.around = (
                Array(bytes.readableBytesView[start..<range.lowerBound]),
                Array(bytes.readableBytesView[range.upperBound..<bytes.writerIndex])
            )
        }
        guard
            let head = SignalReader.head(of: range, in: source, selfID: self.ownID, isInScratch: value.isString)
        else {
            throw DialectError(
                code: .malformed, message: "what receive.signal points to is no JSON object (\(self.mapping.file))")
        }
        guard head.verdict == .mine else { return .overheard(head) }
        guard SignalReader.isSound(range, in: source) else {
            throw DialectError(code: .malformed, message: "the server sent a signal that is not JSON in UTF-8")
        }
        return .signal(head, body: range)
    }
}

extension JSONDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "json", wire: .other, family: .any, title: "JSON over WebSocket",
            summary: "Any server of JSON texts over WebSocket, by a mapping file of yours.", schemes: ["ws", "wss"],
            options: [
                OptionInfo(
                    key: "mapping", defaultValue: "", summary: "the mapping: a file, or a name in Profiles/mappings")
            ], embedded: false)
    ]

    private static func mapping(_ settings: BackendSettings) throws(BackendError) -> JSONMapping {
        guard let file = OptionReader(settings.options).nonEmpty("mapping") else {
            throw BackendError(
                code: .badValue, message: "\(settings.id) needs backend.mapping: \(settings.id)?mapping=FILE:URL")
        }
        return try JSONMapping.load(file)
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        let mapping = try self.mapping(settings)
        let path = settings.url.pathAlone == "/" ? mapping.path : nil
        return .webSocket(
            WebSocketPlan(
                data: .text, subprotocol: mapping.subprotocol, path: path.map { settings.url.target($0) }))
    }

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        guard OptionReader(settings.options).nonEmpty("mapping") != nil else { return DeclaredCapabilities.usual }
        return try self.mapping(settings).capabilities
    }
}
