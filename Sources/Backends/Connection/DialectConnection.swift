import NIOCore
import Signaling

/// A connection and the dialect that is spoken over it.
///
/// The class is generic so that the compiler makes a receive path of its own for each dialect. A call through the class's
/// method table reaches only the general form (115 to 120 ns a frame against 5 ns, measured), so the path is entered by
/// ``BackendRow/receive``, which is made where the dialect's type is known.
final class DialectConnection<D: Dialect>: Connection {
    private var dialect: D
    private var framing: WebSocketFraming
    /// What a read left unfinished.
    private var received = ReceiveBuffer()
    /// What messages of a WebSocket that carry a stream left unfinished of it.
    private var stream = ReceiveBuffer()

    init(_ dialect: D, _ home: ConnectionLoop, owner: any ConnectionOwner) {
        self.dialect = dialect
        self.framing = WebSocketFraming(
            role: .client, maxMessageBytes: home.maxMessageBytes, dataKind: home.framing.dataKind)
        super.init(home, owner: owner)
    }

    override func encode(_ command: Command, at now: Instant) -> Submission {
        self.dialect.encode(command, now: now, into: &self.outbox)
    }

    override func begin(at now: Instant) { self.dialect.opened(now: now, into: &self.outbox) }

    override var target: String? { self.dialect.target }

    override var announced: [Announcement] { self.dialect.announced }

    override var overlooked: UnknownEvents { self.dialect.overlooked }

    override var deadline: Instant? { self.dialect.deadline }

    override func expire(at now: Instant) throws {
        let event = try self.dialect.expired(now: now, into: &self.outbox)
        if let event { self.deliver(event, in: ByteBuffer(), at: now) }
    }

    override func finish(_ reason: CloseReason) -> Resumption {
        let resumes = self.dialect.closed(reason)
        return Resumption(dialect: self.dialect, resumes: resumes)
    }

    // MARK: Receiving

    /// Takes what one read of the transport gave.
    @inline(__always)
    func take(reading incoming: ByteBuffer) {
        guard self.isOpen else { return }
        let now = self.home.now
        self.movedAt = now
        var bytes = self.received.joined(with: incoming)
        do {
            if self.home.framing.isWebSocket {
                try self.frames(&bytes, at: now)
            } else {
                try self.events(of: &bytes, at: now)
                guard bytes.readableBytes <= self.home.maxMessageBytes else { throw self.tooLong() }
            }
        } catch {
            self.fail(error)
        }
        if self.isOpen { self.received.keep(bytes) }
        self.drain()
        if self.isOpen { self.setAlarm() }
    }

    override func take(message: ByteBuffer, at now: Instant) throws {
        if self.observer != nil { self.observe(message, at: now) }
        var payload = message
        try self.events(of: &payload, at: now)
    }

    @inline(__always)
    private func frames(_ bytes: inout ByteBuffer, at now: Instant) throws {
        while self.isOpen, let message = try self.framing.next(&bytes) {
            self.counters.messagesReceived += 1
            if message.opcode.isControl {
                self.control(message, at: now)
            } else if self.home.framing == .webSocketStream {
                try self.piece(message.payload, at: now)
            } else if self.home.framing == .engineIOPackets, message.opcode == .binary {
                // An attachment, which no signal has.
                self.deliver(.control, in: message.payload, at: now)
            } else {
                if self.observer != nil { self.observe(message.payload, at: now) }
                var payload = message.payload
                try self.events(of: &payload, at: now)
            }
        }
    }

    /// Tells the observer of a ping that is a packet of Engine.IO.
    @inline(never)
    private func observe(_ payload: ByteBuffer, at now: Instant) {
        guard case .engineIO = self.home.endpoint.carrier,
            payload.readableBytesView.first == EngineIOPacketType.ping.rawValue
        else { return }
        self.observer?.pinged(at: now)
    }

    @inline(never)
    private func control(_ message: WebSocketMessage, at now: Instant) {
        switch message.opcode {
        case .ping:
            self.counters.pings += 1
            self.observer?.pinged(at: now)
            self.outbox.pong(message.payload)
        case .close:
            // A Close is answered with a Close (RFC 6455 §5.5.1); one that answers ours was already.
            let (code, _) = message.close
            self.outbox.closeFrame(code: code == 1005 ? nil : code)
            self.drain()
            self.close(message.closeReason)
        case .pong, .text, .binary, .continuation: break
        }
    }

    /// Takes a piece of a stream whose pieces do not fall together with the dialect's messages.
    private func piece(_ piece: ByteBuffer, at now: Instant) throws {
        var bytes = self.stream.joined(with: piece)
        try self.events(of: &bytes, at: now)
        guard bytes.readableBytes <= self.home.maxMessageBytes else { throw self.tooLong() }
        self.stream.keep(bytes)
    }

    /// Takes every event out of bytes that lie within one message or one stream.
    @inline(__always)
    private func events(of bytes: inout ByteBuffer, at now: Instant) throws {
        while self.isOpen, let event = try self.dialect.next(&bytes, now: now, into: &self.outbox) {
            self.deliver(event, in: bytes, at: now)
        }
    }

    @inline(__always)
    private func deliver(_ event: Inbound, in bytes: ByteBuffer, at now: Instant) {
        switch event {
        case .closed(let reason): self.close(reason)
        case .signal(let head, _) where head.bodyIsInScratch, .overheard(let head) where head.bodyIsInScratch:
            self.owner?.received(event, in: self.dialect.scratch, from: self, at: now)
        default:
            self.owner?.received(event, in: bytes, from: self, at: now)
        }
    }

    private func tooLong() -> DialectError {
        DialectError(
            code: .malformed, message: "the server sent a message of more than \(self.home.maxMessageBytes) bytes")
    }
}
