import Glibc
package import NIOCore
package import Signaling

extension RelayDialect {
    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        guard bytes.readableBytes > 0 else { return nil }
        let start = bytes.readerIndex
        if let event = self.expectedMessage(bytes) {
            bytes.moveReaderIndex(to: bytes.writerIndex)
            return event
        }
        let result = bytes.withUnsafeReadableBytes { text -> Result<RelayFields, JSONError> in
            do throws(JSONError) {
                return .success(try RelayFields(text, at: start))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let fields):
            let event = try self.event(fields, bytes)
            bytes.moveReaderIndex(to: bytes.writerIndex)
            return event
        case .failure(let error):
            throw DialectError(code: .malformed, message: "the relay sent something that is \(error.message)")
        }
    }

    /// The hot path: a message written as expected, for the room joined.
    ///
    /// What is addressed to somebody else is judged by its envelope alone. What is addressed to this agent is checked as
    /// a whole, and left to the tolerant path if anything about it is unusual.
    @inline(__always)
    private func expectedMessage(_ bytes: ByteBuffer) -> Inbound? {
        let span = bytes.readableBytesSpan
        let count = span.byteCount
        let skip = self.prefix.count
        guard skip > 0, count > skip + 2, span.has(self.prefix, at: 0),
            span.unsafeLoad(fromByteOffset: count - 1, as: UInt8.self) == UInt8(ascii: "}")
        else { return nil }
        let signal = span.extracting(skip..<count - 1)
        let envelope = EnvelopeScanner.scan(signal)
        guard envelope.isObject, !envelope.isMalformed else { return nil }
        let start = bytes.readerIndex + skip
        let head = self.head(envelope, signal, at: start)
        guard case .mine = head.verdict else { return .overheard(head) }
        // A message of ours carries a digest over its body, which is verified later and tells more than a parse would.
        guard head.tag != nil && !Self.mayHoldSeveral(bytes) || self.isSound(bytes, from: skip) else { return nil }
        return .signal(head, body: start..<start + head.bytes)
    }

    /// Whether an object begins right behind another one; it may also be text in a string.
    ///
    /// A server that puts several messages into one frame does so under load, where each message is one of ours.
    private static func mayHoldSeveral(_ bytes: ByteBuffer) -> Bool {
        bytes.withUnsafeReadableBytes { text in
            guard let start = text.baseAddress else { return false }
            var at = 1
            while at < text.count, let found = memchr(start + at, CInt(UInt8(ascii: "{")), text.count - at) {
                at = found - UnsafeMutableRawPointer(mutating: start)
                var before = at - 1
                while before > 0, text[before] <= UInt8(ascii: " ") { before -= 1 }
                if text[before] == UInt8(ascii: "}") { return true }
                at += 1
            }
            return false
        }
    }

    /// What the envelope says to this agent.
    @inline(__always)
    private func head(_ envelope: Envelope, _ signal: borrowing RawSpan, at start: Int) -> SignalHead {
        let from = envelope.from.range
        return SignalHead(
            kind: envelope.kind, verdict: Filter.apply(envelope, in: signal, selfID: self.ownID),
            tag: envelope.parsedTag(in: signal), from: start + from.lowerBound..<start + from.upperBound,
            bytes: signal.byteCount)
    }

    /// Whether the signal is one JSON object in UTF-8 that ends where the message's last brace begins.
    private func isSound(_ bytes: ByteBuffer, from skip: Int) -> Bool {
        bytes.withUnsafeReadableBytes { text in
            let signal = UnsafeRawBufferPointer(rebasing: text[skip..<text.count - 1])
            guard UTF8Validator.isValid(signal) else { return false }
            var walker = JSONWalker(signal)
            guard let value = try? walker.value(), value.range == 0..<signal.count else { return false }
            return true
        }
    }

    /// The tolerant path: whatever the fields say.
    private mutating func event(_ fields: RelayFields, _ bytes: ByteBuffer) throws(DialectError) -> Inbound {
        guard let operation = fields.operation else { return .control }
        switch operation {
        case .welcome:
            guard case .welcoming = self.state else {
                throw DialectError(code: .unexpected, message: "the relay said welcome twice")
            }
            guard let id = fields.id, !id.isEmpty else {
                throw DialectError(code: .malformed, message: "the relay said welcome without an id")
            }
            self.state = .welcomed
            self.ownID = id
            return .welcomed(PeerID(bytes: id))
        case .joined:
            guard case .joining = self.state, fields.room == self.room else { return .control }
            self.state = .joined
            return .joined(confirmed: true)
        case .message:
            guard let data = fields.data else {
                throw DialectError(code: .malformed, message: "the relay sent a message without data")
            }
            return try self.message(data, bytes)
        case .peerJoined:
            guard let id = fields.id, fields.room == self.room else { return .control }
            return .peerJoined(PeerID(bytes: id))
        case .peerLeft:
            guard let id = fields.id, fields.room == self.room else { return .control }
            return .peerLeft(PeerID(bytes: id))
        case .error:
            return .refused(fields.refusal)
        case .left, .join, .leave:
            return .control
        }
    }

    /// Judges a signal wherever it stands in the message.
    ///
    /// Its room is not looked at: a signal of a room that this agent never joined is a leak, and its tag gives it away.
    private func message(_ data: Range<Int>, _ bytes: ByteBuffer) throws(DialectError) -> Inbound {
        let offset = data.lowerBound - bytes.readerIndex
        let signal = bytes.readableBytesSpan.extracting(offset..<offset + data.count)
        let head = self.head(EnvelopeScanner.scan(signal), signal, at: data.lowerBound)
        guard case .mine = head.verdict else { return .overheard(head) }
        let isText = bytes.withUnsafeReadableBytes { UTF8Validator.isValid($0) }
        guard isText else {
            throw DialectError(code: .invalidUTF8, message: "the relay sent text that is not UTF-8")
        }
        return .signal(head, body: data)
    }
}
