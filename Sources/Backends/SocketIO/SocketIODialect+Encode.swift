import NIOCore
package import Signaling

extension SocketIODialect {
    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch command {
        case .join(let room):
            guard self.state == .connected || self.state == .joined else { return .refused }
            self.room = Array(room.utf8)
            var text = [EngineIOPacketType.message.rawValue] + self.settings.head(of: self.settings.join, id: 0)
            text += self.settings.joinArguments.filled(room: self.room, signal: [], to: .room, id: self.ownID)
            out.text(text + [UInt8(ascii: "]")])
            self.state = .joining
            return .written
        case .leave:
            guard self.isIn else { return .refused }
            out.text(self.settings.packet(SocketIOPacket.Kind.event.rawValue) + Array(#"["leave"]"#.utf8))
            self.state = .connected
            return .written
        case .send(let signal, let target, _):
            guard self.isIn else { return .refused }
            if self.settings.messageArguments.isPlainSignal, self.settings.typed.isEmpty {
                self.send(signal, to: target, into: &out)
            } else {
                self.sendShaped(signal, to: target, into: &out)
            }
            return .written
        case .close:
            guard self.state != .closed else { return .refused }
            // DISCONNECT of the namespace, then Engine.IO's close.
            out.text(self.settings.packet(SocketIOPacket.Kind.disconnect.rawValue))
            out.closeFrame(code: 1000)
            return .written
        }
    }

    /// Whether the agent may take itself for a member: a server that never answers joins must not keep it silent, and one
    /// that does takes what follows a join in order.
    private var isIn: Bool { self.state == .joined || self.state == .joining }

    /// Sends a signal by the event of its type and with the arguments that the settings ask for.
    private func sendShaped(_ signal: ByteBuffer, to target: Target, into out: inout Outbox) {
        let kind = EnvelopeScanner.scan(signal.readableBytesSpan).kind
        var event = kind.flatMap { self.settings.typed[$0] } ?? self.settings.message
        if case .peer = target, kind.flatMap({ self.settings.typed[$0] }) == nil, !self.settings.direct.isEmpty {
            event = self.settings.direct
        }
        var text = [EngineIOPacketType.message.rawValue] + self.settings.head(of: event)
        text += self.settings.messageArguments.filled(
            room: self.room, signal: Array(signal.readableBytesView), to: target, id: self.ownID)
        out.text(text + [UInt8(ascii: "]")])
    }

    private func send(_ signal: ByteBuffer, to target: Target, into out: inout Outbox) {
        var field: [UInt8] = []
        var head = self.sentHead
        if case .peer(let peer) = target {
            head = self.sentDirectHead
            if self.settings.to != "sendto" {
                // The server routes by a field of its own; ours stays, because receivers filter by it.
                field = Array(#"{""#.utf8)
                JSONText.appendEscaped(Array(self.settings.to.utf8), to: &field)
                field += Array(#"":""#.utf8)
                JSONText.appendEscaped(peer.bytes, to: &field)
                field += Array(#"","#.utf8)
            }
        }
        var rest = signal
        if !field.isEmpty { rest.moveReaderIndex(forwardBy: 1) }
        out.frame(.text, length: head.count + field.count + rest.readableBytes + 1) { frame in
            frame.writeBytes(head)
            if !field.isEmpty { frame.writeBytes(field) }
            frame.writeImmutableBuffer(rest)
            frame.writeInteger(UInt8(ascii: "]"))
        }
    }
}
