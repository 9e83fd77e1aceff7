import NIOCore
package import Signaling

extension RelayDialect {
    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch command {
        case .join(let name):
            guard self.isWelcomed else { return .refused }
            self.room = Array(name.utf8)
            self.prefix = RelayText.messagePrefix(room: self.room)
            self.state = .joining(deadline: now + self.patience)
            out.text(RelayText.about(.join, room: self.room))
            return .written
        case .leave:
            guard self.hasRoom else { return .refused }
            self.state = .welcomed
            out.text(RelayText.about(.leave, room: self.room))
            return .written
        case .send(let signal, _, _):
            // The server works in order, so that a signal may follow the join at once.
            guard self.hasRoom else { return .refused }
            out.frame(.text, length: self.prefix.count + signal.readableBytes + 1) { wire in
                wire.writeBytes(self.prefix)
                wire.writeImmutableBuffer(signal)
                wire.writeInteger(UInt8(ascii: "}"))
            }
            return .written
        case .close:
            guard self.state != .closed else { return .refused }
            out.closeFrame(code: 1000)
            return .written
        }
    }

    private var isWelcomed: Bool {
        switch self.state {
        case .welcomed, .joining, .joined: true
        case .closed, .welcoming: false
        }
    }

    private var hasRoom: Bool {
        switch self.state {
        case .joining, .joined: true
        case .closed, .welcoming, .welcomed: false
        }
    }
}
