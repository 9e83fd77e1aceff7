import NIOCore
package import Signaling

extension NATSDialect {
    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch (command, self.state) {
        case (_, .closed), (_, .leaving), (.join, .opening), (.join, .connecting): return .refused
        case (.join(let room), _): return self.join(Array(room.utf8), now: now, into: &out)
        case (.leave, .joining), (.leave, .joined):
            self.say(self.unsubscription, into: &out)
            self.state = .welcomed
            return .written
        case (.send(let signal, let target, _), .joining), (.send(let signal, let target, _), .joined):
            // The server works in order, so that a signal may follow the subscription at once.
            self.publish(signal, to: target, into: &out)
            return .written
        case (.leave, _), (.send, _): return .refused
        case (.close, _):
            // A socket closed over unread bytes is reset, and what the server has not read then is lost.
            self.pongsOwed += 1
            self.say(Array("PING\r\n".utf8), into: &out)
            self.state = .leaving(deadline: now + Self.lingering)
            return .written
        }
    }

    /// Nanoseconds that the last PONG is waited for.
    private static let lingering: Int64 = 2_000_000_000

    private mutating func join(_ room: [UInt8], now: Instant, into out: inout Outbox) -> Submission {
        let subjects = NATSSubjects(self.settings, room: room, member: self.member)
        guard subjects.isSayable else { return .refused }
        var lines: [UInt8] = []
        switch self.state {
        case .joining, .joined: lines += self.unsubscription
        default: break
        }
        self.subscription += 2
        self.subjects = subjects
        self.publishHead = Array("PUB ".utf8) + subjects.room + [UInt8(ascii: " ")]
        lines += Self.subscribe(subjects.room, self.subscription)
        if let own = subjects.own { lines += Self.subscribe(own, self.subscription + 1) }
        self.say(lines + Array("PING\r\n".utf8), into: &out)
        self.pongsOwed += 1
        self.state = .joining(deadline: now + self.settings.patience)
        return .written
    }

    private func publish(_ signal: ByteBuffer, to target: Target, into out: inout Outbox) {
        var head = self.publishHead
        if case .peer(let peer) = target, let subjects, subjects.own != nil {
            head = Array("PUB ".utf8) + subjects.subject(to: peer.bytes) + [UInt8(ascii: " ")]
            if self.settings.asksForResponders { head += self.replySubject + [UInt8(ascii: " ")] }
        }
        head += Array("\(signal.readableBytes)\r\n".utf8)
        out.bytes(head.count + signal.readableBytes + 2) { wire in
            wire.writeBytes(head)
            wire.writeImmutableBuffer(signal)
            wire.writeStaticString("\r\n")
        }
    }

    /// What the server sends its 503 to.
    private var replySubject: [UInt8] { Array("_INBOX.".utf8) + NameToken.escaped(self.member) }

    /// What is said once the server has introduced itself.
    mutating func connect(now: Instant, into out: inout Outbox) {
        var lines = self.settings.connect(self.member)
        if self.settings.asksForResponders { lines += Self.subscribe(self.replySubject, Self.replySubscription) }
        self.say(lines + Array("PING\r\n".utf8), into: &out)
        self.pongsOwed += 1
        self.state = .connecting(deadline: now + self.settings.patience)
    }

    /// The number of the subscription that the server's 503 comes by.
    static let replySubscription = 1

    /// What ends the subscriptions to the room.
    var unsubscription: [UInt8] {
        let own = self.subjects?.own == nil ? "" : "UNSUB \(self.subscription + 1)\r\n"
        return Array("UNSUB \(self.subscription)\r\n\(own)".utf8)
    }

    private static func subscribe(_ subject: [UInt8], _ number: Int) -> [UInt8] {
        Array("SUB ".utf8) + subject + Array(" \(number)\r\n".utf8)
    }

    func say(_ lines: [UInt8], into out: inout Outbox) {
        out.bytes(lines.count) { _ = $0.writeBytes(lines) }
    }
}
