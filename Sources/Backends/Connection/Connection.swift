package import NIOCore
package import Signaling

/// Who gets the events of a connection: an agent of a fleet, of the conformance suite, or of a test.
package protocol ConnectionOwner: AnyObject {
    /// The carrier is open and the dialect has said what it says first.
    func opened(_ connection: Connection, at now: Instant)

    /// One event of the dialect.
    ///
    /// - Parameters:
    ///   - event: never `closed`, which the connection acts on itself.
    ///   - bytes: what the index ranges of the event refer to; good until the call returns.
    ///   - connection: where it came from; not the owner's current one when that was superseded.
    ///   - now: when the bytes were read.
    func received(_ event: Inbound, in bytes: ByteBuffer, from connection: Connection, at now: Instant)

    /// The connection is gone, or never came about; its last event, and exactly one for each connection.
    ///
    /// It is never called within a call of the owner to the connection.
    func ended(_ connection: Connection, _ ending: ConnectionEnding, at now: Instant)
}

/// Who sees what a connection's owner does not care for: a conformance case that looks at the wire.
package protocol ConnectionObserver: AnyObject {
    /// Bytes as they came, before framing.
    func read(_ bytes: ByteBuffer)

    /// The other end sent a ping of the carrier.
    func pinged(at now: Instant)
}

/// How a connection ended, and what the session takes over to its next one.
package struct ConnectionEnding {
    package var reason: CloseReason
    package var resumption: Resumption
    /// Nanoseconds since this end said or heard anything; 0 where it never came about.
    package var silence: Int64
}

/// What a connection carried: bytes below framing (TLS records excluded), and messages or packets of the carrier.
package struct WireCounters: Equatable, Sendable {
    package var bytesSent: UInt64 = 0
    package var bytesReceived: UInt64 = 0
    package var messagesReceived: UInt64 = 0
    package var pings: UInt64 = 0

    package init() {}

    package mutating func add(_ other: WireCounters) {
        self.bytesSent += other.bytesSent
        self.bytesReceived += other.bytesReceived
        self.messagesReceived += other.messagesReceived
        self.pings += other.pings
    }
}

/// One connection to a backend: transport, framing, receive buffer, outbox, dialect and deadline, and nothing of the life
/// of the agent that uses it.
///
/// Whoever holds it can send commands, close it, pause it, and get at the bytes below the framing; all it learns comes as
/// an event to its ``ConnectionOwner``. An agent that reconnects opens another one. The dialect lives in
/// ``DialectConnection``; this class is what is known above it. Confined to its event loop.
package class Connection {
    /// Where a connection stands.
    enum State {
        /// The carrier is being opened. Next: open, ended.
        case opening
        /// It carries. Next: closing, ended.
        case open
        /// This end closes it, or waits for the other end's close. Next: ended.
        case closing(CloseReason)
        /// Gone. The last.
        case ended
    }

    package let home: ConnectionLoop
    final var owner: (any ConnectionOwner)?
    /// Held until the connection has ended.
    package final var observer: (any ConnectionObserver)?
    package final internal(set) var counters = WireCounters()
    final var state = State.opening
    final var transport: (any Transport)?
    /// Until it is open or given up.
    private final var attempt: DialAttempt?
    final var outbox: Outbox
    /// When it last said or heard anything.
    final var movedAt = Instant.distantFuture
    /// Whether it is on the list of what its loop flushes.
    final var waitsForFlush = false
    private var isFrozen = false
    private var isClosingTransport = false
    /// What the server's cookies were when the handshake was over.
    private var cookie: String?
    /// The transport of a WebSocket that has said Close, until the other end has ended the stream.
    private var lingering: (any Transport)?
    private var alarm = LoopAlarm()
    /// When this end pings next, where the settings ask for it.
    private var pingAt = Instant.distantFuture

    /// Bytes that may wait in the transport before further sends are refused.
    private static let queueBound = 4 << 20
    /// Nanoseconds that the other end has to close after a goodbye or a Close.
    private static let closeTimeout: Int64 = 1_000_000_000

    init(_ home: ConnectionLoop, owner: any ConnectionOwner) {
        self.home = home
        self.owner = owner
        self.outbox = Outbox(seed: home.nextSeed(), framing: home.framing)
    }

    // MARK: What holders can do

    /// Whether it carries, so that commands reach the backend.
    package final var isOpen: Bool {
        if case .open = self.state { return !self.isFrozen }
        return false
    }

    package final var hasEnded: Bool {
        if case .ended = self.state { return true }
        return false
    }

    /// Whether more waits in the transport than a sender should add to.
    package final var isFull: Bool { (self.transport?.pendingBytes ?? 0) > Self.queueBound }

    /// Puts a command into the backend's words; ``ConnectionLoop/flush()`` sends them.
    package final func send(_ command: Command, at now: Instant) -> Submission {
        guard self.isOpen else { return .refused }
        let submission = self.encode(command, at: now)
        self.movedAt = now
        self.drain()
        self.setAlarm()
        return submission
    }

    /// Closes in order: what was sent before goes out first, nothing that comes is read any more.
    ///
    /// A WebSocket says Close (RFC 6455 §7.1.1). The owner is told of the end at once; the stream is left to the other end,
    /// which has a second to end it.
    package final func close(_ reason: CloseReason = .requested) {
        self.close(reason, saying: reason.closeCode)
    }

    /// Ends the stream behind what was sent before, without a Close: a process that is killed.
    package final func drop() {
        self.end(.requested) { $0.closeTransport() }
    }

    private final func close(_ reason: CloseReason, saying code: UInt16) {
        self.end(reason) { $0.sayClose(code) }
    }

    private final func end(_ reason: CloseReason, _ ending: (Connection) -> Void) {
        switch self.state {
        case .opening:
            self.attempt.take()?.cancel()
            self.end(reason)
        case .open:
            self.state = .closing(reason)
            ending(self)
        case .closing: if self.lingering == nil { self.closeTransport() }
        case .ended: break
        }
    }

    /// Says the dialect's goodbye and lets the other end close; who does not in time is hung up on.
    ///
    /// Until then, what comes is still delivered to the owner.
    package final func closeGracefully(at now: Instant) {
        guard self.isOpen, self.send(.close, at: now) == .written else { return self.close() }
        // The dialect may have closed it at once.
        guard case .open = self.state else { return }
        self.hangUpAt = now + Self.closeTimeout
        self.setAlarm()
    }
    /// When a connection that said goodbye is closed by this end.
    private var hangUpAt = Instant.distantFuture

    /// Ends the connection at once, by RST where there is a socket.
    package final func reset() {
        guard !self.hasEnded else { return }
        guard let transport else { return self.close() }
        self.state = .closing(.requested)
        self.isClosingTransport = true
        transport.reset()
        self.isClosingTransport = false
        self.endLater()
    }

    package final func pauseReads() { self.transport?.setReading(false) }

    /// Reads again; what comes on a frozen connection is thrown away.
    package final func resumeReads() { self.transport?.setReading(true) }

    /// Neither reads nor writes any more, and keeps the connection open: a machine that sleeps.
    package final func freeze() {
        self.isFrozen = true
        self.alarm.cancel()
        self.transport?.setReading(false)
    }

    /// Writes bytes below dialect and framing, at once.
    package final func raw(_ bytes: ByteBuffer) {
        guard self.isOpen else { return }
        self.outbox.raw(bytes)
        self.drain()
        self.flush()
    }

    /// Writes a text message of the carrier, below the dialect, at once.
    package final func rawText(_ text: String) {
        guard self.isOpen else { return }
        self.outbox.text(text)
        self.drain()
        self.flush()
    }

    // MARK: For the dialect's half

    /// Opens the carrier.
    final func open(at endpoint: Endpoint, ticket: Ticket) {
        let attempt = DialAttempt(at: endpoint, on: self.home.loop)
        self.attempt = attempt
        Dialer.open(self, at: endpoint.through(attempt).asking(for: self.target), ticket: ticket)
    }

    var target: String? { nil }

    func encode(_ command: Command, at now: Instant) -> Submission { .refused }
    func begin(at now: Instant) {}
    func take(_ bytes: ByteBuffer) {}
    func take(message: ByteBuffer, at now: Instant) throws {}
    func expire(at now: Instant) throws {}
    func finish(_ reason: CloseReason) -> Resumption { .none }
    var deadline: Instant? { nil }
    /// What the server said of its limits.
    package var announced: [Announcement] { [] }
    /// What came and means nothing under the settings.
    package var overlooked: UnknownEvents { UnknownEvents() }
    /// What the program that carries it took for an answer to a ping, in words; nil where none carries it.
    package final var adapterFloor: String? { self.home.pipes.floor }

    /// Hands what the dialect put into the outbox to the transport.
    @inline(__always)
    final func drain() {
        if self.outbox.isEmpty { return }
        self.write()
    }

    private final func write() {
        self.counters.bytesSent += UInt64(self.outbox.count)
        self.transport?.write(&self.outbox)
        if !self.waitsForFlush {
            self.waitsForFlush = true
            self.home.willFlush(self)
        }
        if let reason = self.outbox.takeClose() { self.close(reason) }
    }

    final func flush() {
        self.waitsForFlush = false
        self.transport?.flush()
    }

    /// The other end broke a protocol, or missed a deadline.
    final func fail(_ error: any Error) {
        let reason =
            switch error {
            case let error as DialectError: error.closeReason
            case let error as WebSocketError: CloseReason.protocolViolation("the server sent \(error)")
            default: CloseReason.protocolViolation("\(error)")
            }
        let code: UInt16 =
            switch error {
            case let error as WebSocketError: error.closeCode
            case let error as DialectError where error.code == .invalidUTF8: 1007
            default: reason.closeCode
            }
        self.close(reason, saying: code)
    }

    // MARK: End

    /// Says Close, unless that was said, and leaves it to the server to end the stream (RFC 6455 §7.1.1).
    private func sayClose(_ code: UInt16) {
        guard self.home.framing.isWebSocket, !self.isFrozen, let transport, transport.carriesFrames else {
            return self.closeTransport()
        }
        self.outbox.closeFrame(code: code)
        self.drain()
        self.lingering = transport
        self.home.closing += 1
        self.alarm.set(self.home.now + Self.closeTimeout, on: self.home.loop, for: self)
        self.flush()
        transport.setReading(true)
        self.endLater()
    }

    private func lingered() {
        guard self.lingering.take() != nil else { return }
        self.home.closing -= 1
        self.alarm.cancel()
    }

    private func closeTransport() {
        self.flush()
        self.isClosingTransport = true
        self.transport?.close()
        self.isClosingTransport = false
        // Its own word of the end may have come within the call, which the owner must not hear within its call.
        self.endLater()
    }

    /// Reports the end in a turn of its own, whether or not the transport is quick about it.
    private func endLater() {
        let bound = NIOLoopBound(self, eventLoop: self.home.loop)
        self.home.loop.execute {
            if case .closing(let reason) = bound.value.state { bound.value.finishNow(reason) }
        }
    }

    private func end(_ reason: CloseReason) {
        self.state = .closing(reason)
        self.endLater()
    }

    private func finishNow(_ reason: CloseReason) {
        self.state = .ended
        if self.lingering == nil { self.alarm.cancel() }
        let cookie = self.transport?.cookie ?? self.cookie
        self.transport = nil
        var resumption = self.finish(reason)
        resumption.cookie = cookie
        let owner = self.owner
        self.owner = nil
        self.observer = nil
        let now = self.home.now
        let silence = max(0, now - self.movedAt)
        owner?.ended(self, ConnectionEnding(reason: reason, resumption: resumption, silence: silence), at: now)
        self.home.flush()
    }

    // MARK: Deadlines

    /// Sets the alarm for whatever is due first.
    @inline(__always)
    final func setAlarm() {
        guard let next = self.nextDeadline, next < self.alarm.at else { return }
        self.alarm.set(next, on: self.home.loop, for: self)
    }

    private final var nextDeadline: Instant? {
        let next = min(self.deadline ?? .distantFuture, self.hangUpAt, self.pingAt)
        return next == .distantFuture ? nil : next
    }

    /// Lets the deadlines pass that have come.
    package final func passDeadlines() {
        guard self.isOpen else { return }
        let now = self.home.now
        if self.hangUpAt <= now { return self.outbox.saidClose ? self.drop() : self.close() }
        if self.pingAt <= now, let interval = self.home.endpoint.reach.clientPing {
            self.pingAt = now + interval
            self.outbox.frame(.ping, length: 0) { _ in }
        }
        if let deadline = self.deadline, deadline <= now {
            do {
                try self.expire(at: now)
            } catch {
                self.fail(error)
            }
        }
        if !self.outbox.isEmpty { self.movedAt = now }
        self.drain()
        if self.isOpen { self.setAlarm() }
    }
}

extension Connection: LoopAlarmTarget {
    package final func alarmRang(at: Instant) {
        guard self.alarm.rang(at) else { return }
        if let lingering {
            self.lingered()
            return lingering.close()
        }
        self.passDeadlines()
        self.home.flush()
    }
}

// MARK: Transport events

extension Connection: TransportOwner {
    final func opened(_ transport: any Transport, early: [ByteBuffer]) {
        guard case .opening = self.state else { return transport.close() }
        self.state = .open
        let attempt = self.attempt.take()
        attempt?.succeeded()
        self.cookie = attempt?.cookie
        self.transport = transport
        let now = self.home.now
        self.movedAt = now
        if let interval = self.home.endpoint.reach.clientPing, self.home.framing.isWebSocket {
            self.pingAt = now + interval
        }
        self.begin(at: now)
        self.owner?.opened(self, at: now)
        self.drain()
        for message in early { self.received(message: message) }
        self.setAlarm()
        self.home.flush()
    }

    final func received(_ bytes: ByteBuffer) { self.received(bytes, onWire: bytes.readableBytes) }

    /// Takes bytes that were another number of them on the wire.
    @inline(__always)
    final func received(_ bytes: ByteBuffer, onWire count: Int) {
        self.counters.bytesReceived += UInt64(count)
        self.observer?.read(bytes)
        self.home.take(self, bytes)
    }

    final func received(message: ByteBuffer) {
        guard self.isOpen else { return }
        self.counters.messagesReceived += 1
        self.counters.bytesReceived += UInt64(message.readableBytes)
        self.movedAt = self.home.now
        do {
            try self.take(message: message, at: self.movedAt)
        } catch {
            self.fail(error)
        }
        self.drain()
        self.setAlarm()
    }

    /// Corrects what was counted where frames had another size on the wire.
    final func sent(onWire more: Int) { self.counters.bytesSent &+= UInt64(bitPattern: Int64(more)) }

    final func endOfRead() { self.home.endOfRead() }

    final func ended(_ reason: CloseReason) {
        self.lingered()
        switch self.state {
        case .opening, .open: if self.isClosingTransport { self.end(reason) } else { self.finishNow(reason) }
        case .closing(let first):
            if !self.isClosingTransport { self.finishNow(first) }
        case .ended: break
        }
    }

    final func failed(_ error: DialError) {
        guard case .opening = self.state else { return }
        self.attempt = nil
        self.finishNow(.notOpened(error))
    }
}

@available(*, unavailable)
extension Connection: Sendable {}
