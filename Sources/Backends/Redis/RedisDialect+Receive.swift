package import NIOCore
package import Signaling

extension RedisDialect {
    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        guard bytes.readableBytes > 0 else { return nil }
        if let payload = self.expectedMessage(bytes) {
            bytes.moveReaderIndex(to: payload.upperBound + 2)
            return self.judged(payload, bytes)
        }
        guard let value = try RESPValue(bytes) else { return nil }
        defer { bytes.moveReaderIndex(to: value.end) }
        if value.isAttribute { return .control }
        return value.isPush ? try self.pushed(value, bytes) : try self.answered(value, bytes, into: &out)
    }

    /// The hot path: a message by one of the room's channels, written as the server writes it; nil for anything else, and
    /// while it is not all there.
    @inline(__always)
    private func expectedMessage(_ bytes: ByteBuffer) -> Range<Int>? {
        guard let channels else { return nil }
        let start = bytes.readerIndex
        let head: Int
        if SignalReader.has(channels.roomHead, at: start, in: bytes) {
            head = channels.roomHead.count
        } else if !channels.ownHead.isEmpty, SignalReader.has(channels.ownHead, at: start, in: bytes) {
            head = channels.ownHead.count
        } else {
            return nil
        }
        return bytes.withUnsafeReadableBytes { text in
            var at = head
            while at < text.count, text[at] != UInt8(ascii: "\r") { at += 1 }
            guard let size = RESPValue.number(text, head..<at), size <= RESPValue.maxBlob else { return nil }
            let end = at + 2 + size
            guard text.count >= end + 2, text[at + 1] == UInt8(ascii: "\n"), text[end] == UInt8(ascii: "\r"),
                text[end + 1] == UInt8(ascii: "\n")
            else { return nil }
            return start + at + 2..<start + end
        }
    }

    @inline(__always)
    private func judged(_ payload: Range<Int>, _ bytes: ByteBuffer) -> Inbound {
        guard let head = SignalReader.head(of: payload, in: bytes, selfID: self.member) else { return .control }
        guard case .mine = head.verdict else { return .overheard(head) }
        // A message of ours carries a digest over its body, which is verified later and tells more than a parse would.
        guard head.tag != nil || SignalReader.isSound(payload, in: bytes) else { return .control }
        return .signal(head, body: payload)
    }

    /// What comes by itself, and the confirmations of channels.
    @inline(never)
    private mutating func pushed(_ value: RESPValue, _ bytes: ByteBuffer) throws(DialectError) -> Inbound {
        switch value.text(0, in: bytes) {
        case "message":
            guard value.parts.count == 3, let all = self.channels?.all,
                let channel = bytes.getBytes(at: value.parts[1].lowerBound, length: value.parts[1].count),
                all.contains(channel)
            else { return .control }
            return self.judged(value.parts[2], bytes)
        case "subscribe":
            guard case .subscribe(let left) = self.asked.first else { break }
            if left > 1 {
                self.asked[self.asked.startIndex] = .subscribe(left: left - 1)
                return .control
            }
            self.asked.removeFirst()
            // Another SUBSCRIBE may be on its way, when the agent has thought better of it.
            guard case .joining = self.state, !self.isSubscribing else { return .control }
            self.state = .joined
            return .joined(confirmed: true)
        case "unsubscribe":
            guard case .unsubscribe(let left) = self.asked.first else { break }
            if left > 1 {
                self.asked[self.asked.startIndex] = .unsubscribe(left: left - 1)
            } else {
                self.asked.removeFirst()
            }
            return .control
        default: return .control
        }
        throw DialectError(
            code: .unexpected, message: "the Redis server confirmed a channel that nothing was asked about")
    }

    private var isSubscribing: Bool {
        self.asked.contains { asked in
            if case .subscribe = asked { true } else { false }
        }
    }

    /// The answer to the command that has waited longest.
    @inline(never)
    private mutating func answered(
        _ value: RESPValue, _ bytes: ByteBuffer, into out: inout Outbox
    ) throws(DialectError) -> Inbound {
        guard let asked = self.asked.popFirst() else {
            throw DialectError(code: .unexpected, message: "the Redis server answered what nobody had asked")
        }
        let words = value.text(0, in: bytes)
        switch asked {
        case .hello:
            guard !value.isError else {
                throw DialectError(
                    code: .unexpected,
                    message: "the Redis server refused HELLO 3, which Redis 6 and Valkey take: \(words)")
            }
            guard case .opening = self.state else { return .control }
            self.state = .welcomed
            return .welcomed(PeerID(bytes: self.member))
        case .subscribe:
            if case .joining = self.state { self.state = .welcomed }
            return self.refused(words, .join)
        case .unsubscribe: return self.refused(words, .other)
        case .publish(let id, let isDirected):
            if value.isError { return self.refused(words, .send) }
            // The number is that of the receivers.
            guard isDirected, words == "0" else { return .acked(id) }
            return .refused(Refusal(code: "0", message: "no receivers", subject: .send))
        case .quit:
            out.close(.requested)
            return .control
        }
    }

    /// An error, whose first word is its code.
    private func refused(_ words: String, _ subject: Refusal.Subject) -> Inbound {
        let code = words.prefix { $0 != " " }
        return .refused(
            Refusal(code: String(code), message: String(words.dropFirst(code.count + 1)), subject: subject))
    }
}
