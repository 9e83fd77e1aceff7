package import NIOCore
package import Signaling

extension PhoenixDialect {
    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        guard bytes.readableBytes > 0 else { return self.notices.popFirst() }
        defer { bytes.moveReaderIndex(to: bytes.writerIndex) }
        if let event = self.expectedSignal(bytes) { return event }
        let result = bytes.withUnsafeReadableBytes { text -> Result<PhoenixMessage, JSONError> in
            do throws(JSONError) { return .success(try PhoenixMessage(text)) } catch { return .failure(error) }
        }
        switch result {
        case .success(let message): return try self.event(message, bytes, into: &out)
        case .failure(let error):
            throw DialectError(code: .malformed, message: "the Phoenix server sent something that is \(error.message)")
        }
    }

    /// The hot path: a signal with the same bytes around it as the last one.
    @inline(__always)
    private func expectedSignal(_ bytes: ByteBuffer) -> Inbound? {
        let (before, behind) = self.around
        guard !before.isEmpty, bytes.readableBytes > before.count + behind.count,
            SignalReader.has(before, at: bytes.readerIndex, in: bytes),
            SignalReader.has(behind, at: bytes.writerIndex - behind.count, in: bytes)
        else { return nil }
        let range = bytes.readerIndex + before.count..<bytes.writerIndex - behind.count
        guard let head = SignalReader.head(of: range, in: bytes, selfID: self.member) else { return nil }
        guard case .mine = head.verdict else { return .overheard(head) }
        return SignalReader.isSound(range, in: bytes) ? .signal(head, body: range) : nil
    }

    /// Whatever the message says, in any order of its members.
    @inline(never)
    private mutating func event(
        _ message: PhoenixMessage, _ bytes: ByteBuffer, into out: inout Outbox
    ) throws(DialectError) -> Inbound {
        if message.event == "phx_reply" { return self.reply(message, bytes, into: &out) }
        guard message.topic == self.topic else { return .control }
        switch message.event {
        case "phx_error", "phx_close":
            // The channel has crashed or was closed; the socket lives on.
            guard self.state != .welcomed else { return .control }
            self.state = .welcomed
            return .refused(Refusal(code: message.event, message: "the channel is gone"))
        case "presence_diff":
            return bytes.withUnsafeReadableBytes { self.presence(message.payload, $0) }
        case "system":
            return bytes.withUnsafeReadableBytes { text -> Inbound in
                guard PhoenixPayload.text("status", of: message.payload, in: text) == "error" else { return .control }
                let words = PhoenixPayload.text("message", of: message.payload, in: text)
                return .refused(Refusal(code: "system", message: words))
            }
        default:
            guard Array(message.event.utf8) == self.settings.carrying else { return .control }
            return try self.signal(message.payload, bytes)
        }
    }

    private mutating func signal(_ payload: Range<Int>, _ bytes: ByteBuffer) throws(DialectError) -> Inbound {
        let start = bytes.readerIndex
        var place = payload
        if self.settings.shape == .supabase {
            let found = bytes.withUnsafeReadableBytes { text -> Range<Int>? in
                guard PhoenixPayload.text("event", of: payload, in: text).utf8.elementsEqual(self.settings.event) else {
                    return nil
                }
                return PhoenixPayload.value("payload", of: payload, in: text)?.range
            }
            guard let found else { return .control }
            place = found
        }
        let range = start + place.lowerBound..<start + place.upperBound
        guard !range.isEmpty, let head = SignalReader.head(of: range, in: bytes, selfID: self.member) else {
            throw DialectError(code: .malformed, message: "the Phoenix server sent a signal that is no JSON object")
        }
        self.around = (
            Array(bytes.readableBytesView[start..<range.lowerBound]),
            Array(bytes.readableBytesView[range.upperBound..<bytes.writerIndex])
        )
        guard case .mine = head.verdict else { return .overheard(head) }
        guard SignalReader.isSound(range, in: bytes) else {
            throw DialectError(
                code: .invalidUTF8, message: "the Phoenix server sent a signal that is not JSON in UTF-8")
        }
        return .signal(head, body: range)
    }

    /// The answer to what bore the same number.
    private mutating func reply(_ message: PhoenixMessage, _ bytes: ByteBuffer, into out: inout Outbox) -> Inbound {
        guard let ref = message.ref else { return .control }
        let (status, words) = bytes.withUnsafeReadableBytes { text -> (String, String) in
            let response = PhoenixPayload.value("response", of: message.payload, in: text)?.range ?? 0..<0
            let reason = PhoenixPayload.text("reason", of: response, in: text)
            return (
                PhoenixPayload.text("status", of: message.payload, in: text),
                reason.isEmpty ? Secrets.excerpt(text[response]) : reason
            )
        }
        if ref == self.beating {
            self.beating = nil
            guard case .welcoming = self.state else { return .control }
            self.state = .welcomed
            return .welcomed(PeerID(bytes: self.member))
        }
        if ref == self.joinRef {
            guard case .joining = self.state else { return .control }
            guard status == "ok" else {
                self.state = .welcomed
                return .refused(Refusal(code: status, message: words, subject: .join))
            }
            self.state = .joined
            self.showPresence(into: &out)
            return .joined(confirmed: true)
        }
        let id = self.asked.removeValue(forKey: ref)
        guard status == "ok" else {
            return .refused(Refusal(code: status, message: words, subject: id == nil ? .other : .send))
        }
        return id.map { Inbound.acked($0) } ?? .control
    }

    /// Who came and went by one `presence_diff`; the first is told at once, the others by the calls that follow.
    private mutating func presence(_ payload: Range<Int>, _ text: UnsafeRawBufferPointer) -> Inbound {
        guard self.settings.presence else { return .control }
        for key in PhoenixPayload.keys(of: "joins", of: payload, in: text) where key != self.member {
            self.notices.append(.peerJoined(PeerID(bytes: key)))
        }
        for key in PhoenixPayload.keys(of: "leaves", of: payload, in: text) where key != self.member {
            self.notices.append(.peerLeft(PeerID(bytes: key)))
        }
        return self.notices.popFirst() ?? .control
    }
}
