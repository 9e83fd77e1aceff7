package import NIOCore
package import Signaling

extension NATSDialect {
    /// The greatest payload that is accepted from the server.
    private static let maxPayload = 16 << 20

    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        guard let line = NATSLine(bytes) else {
            guard bytes.readableBytes < NATSLine.limit else { throw Self.malformed("a line without an end") }
            return nil
        }
        guard line.verb == .message || line.verb == .messageWithHeaders else {
            defer { bytes.moveReaderIndex(to: line.end) }
            return try self.control(line, bytes, now: now, into: &out)
        }
        guard let delivery = line.delivery(in: bytes, limit: Self.maxPayload) else {
            throw Self.malformed("a MSG whose numbers mean nothing")
        }
        let end = delivery.payload.upperBound
        guard bytes.writerIndex >= end + 2 else { return nil }
        guard bytes.getInteger(at: end, as: UInt16.self) == 0x0D0A else {
            throw Self.malformed("a payload that is longer than announced")
        }
        defer { bytes.moveReaderIndex(to: end + 2) }
        return self.delivered(delivery, bytes)
    }

    /// Judges what came by a subscription.
    @inline(__always)
    private func delivered(_ delivery: NATSLine.Delivery, _ bytes: ByteBuffer) -> Inbound {
        guard delivery.subscription == self.subscription || delivery.subscription == self.subscription + 1 else {
            return self.aside(delivery, bytes)
        }
        guard let head = SignalReader.head(of: delivery.payload, in: bytes, selfID: self.member) else {
            return .control
        }
        guard case .mine = head.verdict else { return .overheard(head) }
        // A message of ours carries a digest over its body, which is verified later and tells more than a parse would.
        guard head.tag != nil || SignalReader.isSound(delivery.payload, in: bytes) else { return .control }
        return .signal(head, body: delivery.payload)
    }

    /// What comes by no subscription to the room: the server's word that nobody was there, or the rest of a room left.
    @inline(never)
    private func aside(_ delivery: NATSLine.Delivery, _ bytes: ByteBuffer) -> Inbound {
        guard delivery.subscription == Self.replySubscription,
            let text = bytes.getString(at: delivery.headers.lowerBound, length: delivery.headers.count)
        else { return .control }
        let lines = text.split(whereSeparator: \.isNewline)
        guard let status = lines.first?.split(separator: " ").dropFirst().first, status == "503" else {
            return .control
        }
        let name = "nats-subject:"
        let subject = lines.first { $0.lowercased().hasPrefix(name) }?.dropFirst(name.count).drop { $0 == " " }
        let words = "no responders" + (subject.map { " to \($0)" } ?? "")
        return .refused(Refusal(code: "503", message: words, subject: .send))
    }

    /// Everything but messages.
    @inline(never)
    private mutating func control(
        _ line: NATSLine, _ bytes: ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound {
        switch line.verb {
        case .ping:
            self.say(Array("PONG\r\n".utf8), into: &out)
            return .control
        case .pong: return self.answered(into: &out)
        case .info: return try self.introduced(line, bytes, now: now, into: &out)
        case .error:
            let text = bytes.getString(at: line.arguments.lowerBound, length: line.arguments.count) ?? ""
            return self.refused(text.trimming { $0 == "'" || $0 == " " }, into: &out)
        case .ok: return .control
        case .unknown, .message, .messageWithHeaders:
            let start = bytes.getString(at: bytes.readerIndex, length: min(16, line.end - bytes.readerIndex)) ?? ""
            throw Self.malformed("what is no operation: \(start.debugDescription)")
        }
    }

    private mutating func introduced(
        _ line: NATSLine, _ bytes: ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound {
        let offset = line.arguments.lowerBound - bytes.readerIndex
        let info = bytes.withUnsafeReadableBytes { text in
            try? NATSInfo(UnsafeRawBufferPointer(rebasing: text[offset..<offset + line.arguments.count]))
        }
        guard let info else { throw Self.malformed("an INFO that is no JSON object") }
        self.info = info
        // A server introduces itself again whenever something has changed.
        guard case .opening = self.state else { return .control }
        guard !info.isTLSRequired else {
            throw DialectError(
                code: .unexpected,
                message: "the NATS server wants TLS inside of nats://, which is not spoken: use wss://")
        }
        self.connect(now: now, into: &out)
        return .control
    }

    /// A PING was answered: everything before it is done.
    private mutating func answered(into out: inout Outbox) -> Inbound {
        guard self.pongsOwed > 0 else { return .control }
        self.pongsOwed -= 1
        guard self.pongsOwed == 0 else { return .control }
        switch self.state {
        case .connecting:
            self.state = .welcomed
            return .welcomed(PeerID(bytes: self.member))
        case .joining:
            self.state = .joined
            return .joined(confirmed: true)
        case .leaving:
            out.close(.requested)
            return .control
        case .closed, .opening, .welcomed, .joined: return .control
        }
    }

    /// The server said `-ERR`; where it does not go on, it closes the connection itself.
    private mutating func refused(_ words: String, into out: inout Outbox) -> Inbound {
        let text = words.lowercased()
        if text.contains("subscription to") || text.contains("invalid subject"), case .joining = self.state {
            self.say(self.unsubscription, into: &out)
            self.state = .welcomed
            return .refused(Refusal(code: "-ERR", message: words, subject: .join))
        }
        let isOfSend = text.contains("publish to") || text.contains("maximum payload")
        return .refused(Refusal(code: "-ERR", message: words, subject: isOfSend ? .send : .other))
    }

    private static func malformed(_ what: String) -> DialectError {
        DialectError(code: .malformed, message: "the NATS server sent \(what)")
    }
}

extension String {
    /// The text without the characters at either end that a predicate holds for.
    fileprivate func trimming(_ isCut: (Character) -> Bool) -> String {
        let rest = self.drop(while: isCut)
        guard let last = rest.lastIndex(where: { !isCut($0) }) else { return "" }
        return String(rest[...last])
    }
}
