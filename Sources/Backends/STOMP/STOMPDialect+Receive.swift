package import NIOCore
package import Signaling

extension STOMPDialect {
    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        self.heardAt = now
        guard let frame = try STOMPFrame.next(&bytes) else {
            // A WebSocket message holds whole frames, and heart-beats between them.
            guard !self.settings.isWebSocket || bytes.readableBytes == 0 else {
                throw DialectError(code: .malformed, message: "the broker cut a frame at the end of a message")
            }
            return nil
        }
        guard frame.command == .message else { return try self.other(frame, bytes, now: now, into: &out) }
        // Who asked for a receipt is of no interest: brokers hand the sender's header on to every receiver.
        guard let head = SignalReader.head(of: frame.body, in: bytes, selfID: self.member) else { return .control }
        guard head.verdict == .mine else { return .overheard(head) }
        // A message of ours carries a digest over its body, which is verified later and tells more than a parse would.
        guard head.tag != nil || SignalReader.isSound(frame.body, in: bytes) else { return .control }
        return .signal(head, body: frame.body)
    }

    /// Everything but a message.
    @inline(never)
    private mutating func other(
        _ frame: STOMPFrame, _ bytes: ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound {
        switch frame.command {
        case .message: return .control
        case .connected:
            guard case .connecting = self.state else {
                throw DialectError(code: .unexpected, message: "the broker said CONNECTED twice")
            }
            try self.connected(frame, bytes)
            self.state = .welcomed
            return .welcomed(PeerID(bytes: self.member))
        case .receipt: return self.receipt(frame.header("receipt-id", in: bytes) ?? [])
        case .error: return .refused(self.refusal(frame, bytes))
        }
    }

    private mutating func receipt(_ id: [UInt8]) -> Inbound {
        guard let kind = id.first, let number = UInt64(String(decoding: id.dropFirst(), as: UTF8.self)) else {
            return .control
        }
        switch (kind, self.state) {
        case (UInt8(ascii: "s"), _): return .acked(number)
        case (UInt8(ascii: "j"), .joining(let deadline, let owed)):
            guard self.subscriptions.contains(where: { $0.id == number }) else { return .control }
            guard owed > 1 else {
                self.state = .joined
                return .joined(confirmed: true)
            }
            self.state = .joining(deadline: deadline, owed: owed - 1)
            return .control
        default: return .control
        }
    }

    /// What an ERROR says; the broker closes the connection behind it.
    private func refusal(_ frame: STOMPFrame, _ bytes: ByteBuffer) -> Refusal {
        var message = String(decoding: frame.header("message", in: bytes) ?? [], as: UTF8.self)
        var all = bytes
        all.moveReaderIndex(to: frame.body.lowerBound)
        let body = String(decoding: all.readableBytesView.prefix(min(200, frame.body.count)), as: UTF8.self)
        let line = body.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        if !line.isEmpty, line != message { message += ": \(line)" }
        switch self.state {
        case .connecting:
            message += "; set backend.user and backend.password, or backend.host to the broker's virtual host"
            return Refusal(code: "ERROR", message: message, subject: .join)
        case .joining: return Refusal(code: "ERROR", message: message, subject: .join)
        case .closed, .welcomed, .joined: return Refusal(code: "ERROR", message: message, subject: .other)
        }
    }
}
