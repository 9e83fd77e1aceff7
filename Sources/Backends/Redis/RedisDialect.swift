import NIOCore
package import Signaling

/// The client's side of a room on a Redis or Valkey server, for `redis`: publish and subscribe in RESP3.
///
/// A member's id is a name that it draws itself. It is welcome once HELLO is answered, and has joined once both its channels
/// are. The server answers in order, so that a queue of what was asked tells what an answer is for. The DocC article "Redis
/// channels" specifies channels and payloads.
package struct RedisDialect: Dialect {
    /// Where the session stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: opening.
        case closed
        /// HELLO is out. Next: welcomed, closed.
        case opening(deadline: Instant)
        /// Named, in no room. Next: joining, leaving, closed.
        case welcomed
        /// SUBSCRIBE is out. Next: joined, welcomed, leaving, closed.
        case joining(deadline: Instant)
        /// A member. Next: welcomed, joining, leaving, closed.
        case joined
        /// QUIT is out. Next: closed.
        case leaving(deadline: Instant)
    }

    /// A command that waits for its answer.
    enum Asked: Equatable, Sendable {
        case hello
        /// So many channels are still to be confirmed; whether it is what a join waits for.
        case subscribe(left: Int)
        case unsubscribe(left: Int)
        case publish(id: UInt64, isDirected: Bool)
        case quit
    }

    let settings: RedisSettings
    /// The member's name.
    let member: [UInt8]
    var state = State.closed
    var asked = CircularBuffer<Asked>()
    /// The channels of the room joined last.
    var channels: RedisChannels?

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.settings = try RedisSettings(settings)
        self.member = Array((ticket.values["id"] ?? ticket.drawnIdentifier).utf8)
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.asked.removeAll(keepingCapacity: true)
        self.state = .opening(deadline: now + self.settings.patience)
        self.say(self.settings.hello(self.member), .hello, into: &out)
    }

    package var deadline: Instant? {
        switch self.state {
        case .opening(let deadline), .joining(let deadline), .leaving(let deadline): deadline
        case .closed, .welcomed, .joined: nil
        }
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        guard let deadline = self.deadline, deadline <= now else { return nil }
        switch self.state {
        case .opening: throw DialectError(code: .timeout, message: "the Redis server did not answer HELLO in time")
        case .joining: throw DialectError(code: .timeout, message: "the Redis server did not answer SUBSCRIBE in time")
        case .leaving: out.close(.requested)
        case .closed, .welcomed, .joined: break
        }
        return nil
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return false
    }

    // MARK: Out

    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch (command, self.state) {
        case (_, .closed), (_, .opening), (_, .leaving): return .refused
        case (.join(let room), _):
            switch self.state {
            case .joining, .joined: self.unsubscribe(into: &out)
            default: break
            }
            let channels = RedisChannels(self.settings, room: Array(room.utf8), member: self.member)
            self.channels = channels
            self.say(
                [Array("SUBSCRIBE".utf8)] + channels.all, .subscribe(left: channels.all.count), into: &out)
            self.state = .joining(deadline: now + self.settings.patience)
        case (.leave, .joining), (.leave, .joined):
            self.unsubscribe(into: &out)
            self.state = .welcomed
        case (.send(let signal, let target, let id), .joining), (.send(let signal, let target, let id), .joined):
            self.publish(signal, target, id, into: &out)
        case (.leave, _), (.send, _): return .refused
        case (.close, _):
            self.say([Array("QUIT".utf8)], .quit, into: &out)
            self.state = .leaving(deadline: now + Self.lingering)
        }
        return .written
    }

    /// Nanoseconds that the answer to QUIT is waited for.
    private static let lingering: Int64 = 2_000_000_000

    private mutating func publish(_ signal: ByteBuffer, _ target: Target, _ id: UInt64, into out: inout Outbox) {
        guard let channels else { return }
        var head = channels.publishHead
        var isDirected = false
        if case .peer(let peer) = target, channels.own != nil {
            head = RedisChannels.publishHead(to: channels.channel(of: peer.bytes))
            isDirected = true
        }
        head += Array("\(signal.readableBytes)\r\n".utf8)
        self.asked.append(.publish(id: id, isDirected: isDirected))
        out.bytes(head.count + signal.readableBytes + 2) { wire in
            wire.writeBytes(head)
            wire.writeImmutableBuffer(signal)
            wire.writeStaticString("\r\n")
        }
    }

    private mutating func unsubscribe(into out: inout Outbox) {
        guard let all = self.channels?.all else { return }
        self.say([Array("UNSUBSCRIBE".utf8)] + all, .unsubscribe(left: all.count), into: &out)
    }

    mutating func say(_ words: [[UInt8]], _ asked: Asked, into out: inout Outbox) {
        self.asked.append(asked)
        let bytes = RESPCommand.bytes(words)
        out.bytes(bytes.count) { _ = $0.writeBytes(bytes) }
    }
}
