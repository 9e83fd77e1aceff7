import NIOCore
import NIOHTTP1
import Signaling

/// Carries packets of Engine.IO by long-polling from the beginning to the end.
///
/// One GET waits for packets at all times, and at most one POST is under way; each has a connection that is kept alive.
/// Packets that are sent meanwhile wait for the next POST, and count as pending until theirs is answered.
/// Source: https://github.com/socketio/engine.io-protocol, section "HTTP long-polling".
final class PollingTransport: Transport {
    private enum State {
        /// The first GET is under way. Next: open, closed.
        case opening
        /// Polling. Next: closing, closed.
        case open
        /// What waits and the close packet are still to be posted. Next: closed.
        case closing
        /// Gone.
        case closed
    }

    private var owner: (any TransportOwner)?
    private let home: Endpoint
    private var endpoint: Endpoint
    private var plan: EngineIOPlan
    private let timeout: Int64
    private let loop: any EventLoop
    private var get: HTTPLine
    private var post: HTTPLine
    private var state = State.opening
    private var path = ""
    /// A server behind a balancer finds its session by them.
    private var cookies = Cookies()
    private var redirectsLeft = Dialer.mostRedirects
    private var maxPayload: Int
    private var isReading = true
    private var queue = CircularBuffer<ByteBuffer>()
    private var queuedBytes = 0
    private var postedBytes = 0
    /// A close packet was queued: nothing may follow it.
    private var saidClose = false
    /// The server's close packet came.
    private var heardClose = false
    private var alarm = LoopAlarm()

    /// Packets in one POST: as many as python-engineio takes at once.
    private static let packetsPerPost = 16
    /// The greatest payload for a server that does not say its own: what python-engineio takes.
    private static let defaultMaxPayload = 1_000_000

    init(_ owner: any TransportOwner, _ endpoint: Endpoint, _ plan: EngineIOPlan, on loop: any EventLoop) {
        self.owner = owner
        self.home = endpoint
        self.endpoint = endpoint
        self.plan = plan
        self.timeout = endpoint.settings.connectTimeout
        self.loop = loop
        self.get = HTTPLine(endpoint, on: loop)
        self.post = HTTPLine(endpoint, on: loop)
        self.maxPayload = Self.defaultMaxPayload
    }

    var cookie: String? { self.endpoint.isServer(of: self.home) ? self.cookies.field : nil }

    /// Begins the session; the owner learns what came of it.
    func open(cookie: String?) {
        self.cookies = Cookies(field: cookie)
        self.begin()
    }

    private func begin() {
        self.path = self.plan.polling()
        self.ask(.GET, on: self.get, .whole(self.timeout)) { result in self.opened(result) }
    }

    /// Begins where a redirect leads; every request of the session then goes there.
    private func begin(at endpoint: Endpoint) {
        self.redirectsLeft -= 1
        if !endpoint.isServer(of: self.endpoint) { self.cookies = Cookies() }
        self.plan = self.plan.redirected(to: endpoint.settings.url)
        self.endpoint = endpoint
        self.get.close()
        self.get = HTTPLine(endpoint, on: self.loop)
        self.post = HTTPLine(endpoint, on: self.loop)
        if !self.isReading { self.get.setReading(false) }
        self.begin()
    }

    private func opened(_ result: Result<HTTPReply, DialError>) {
        guard case .opening = self.state else { return }
        do throws(DialError) {
            let reply = try result.get()
            let session = try Dialer.session(in: reply, self.plan, self.endpoint.settings.url)
            self.path = self.plan.polling(session: session.sid)
            self.maxPayload = session.maxPayload ?? Self.defaultMaxPayload
            self.state = .open
            self.owner?.opened(self, early: session.packets)
            self.poll()
        } catch {
            if self.redirectsLeft > 0, let next = self.endpoint.following(error) { return self.begin(at: next) }
            self.state = .closed
            self.owner.take()?.failed(error)
            self.hangUp()
        }
    }

    private func ask(
        _ method: HTTPMethod, _ body: ByteBuffer? = nil, on line: HTTPLine, _ patience: HTTPAsk.Patience,
        _ done: @escaping (Result<HTTPReply, DialError>) -> Void
    ) {
        let type = body.map { _ in [("Content-Type", "text/plain;charset=UTF-8")] } ?? []
        let head = line.head(method, self.path, type + self.cookies.fields, body: body)
        // A payload holds several packets, each of which may have the greatest size.
        let bound = max(4 * self.plan.maxMessageBytes, 1 << 20)
        line.ask(
            HTTPAsk(head: head, body: body, patience: patience),
            for: HTTPCollector(maxBodyBytes: bound) { result in
                // A balancer may rename its cookie with every answer.
                if case .success(let reply) = result { self.cookies.take(reply.setCookies) }
                done(result)
            })
    }

    // MARK: In

    private func poll() {
        guard case .open = self.state, self.isReading, !self.heardClose, self.get.isFree else { return }
        // How long the server may be silent is for the heartbeats to say.
        self.ask(.GET, on: self.get, .pieces(head: nil, pause: self.timeout)) { result in self.polled(result) }
    }

    private func polled(_ result: Result<HTTPReply, DialError>) {
        guard case .open = self.state else { return }
        switch result {
        case .failure(let error): return self.end(error.ending)
        case .success(let reply) where reply.status != 200:
            return self.end(
                self.saidClose ? .peerClosed : .denied("polling was answered with \(reply.refusal)"))
        case .success(let reply):
            do throws(EngineIOError) {
                try self.take(EngineIOPayload.decode(reply.body, self.plan.version))
            } catch {
                self.end(.protocolViolation("the server sent \(error)"))
            }
        }
        self.poll()
        self.owner?.endOfRead()
    }

    private func take(_ packets: [ByteBuffer]) throws(EngineIOError) {
        for packet in packets {
            guard packet.readableBytes <= self.plan.maxMessageBytes else {
                throw EngineIOError("a packet of more than \(self.plan.maxMessageBytes) bytes")
            }
            if packet.readableBytesView.first == EngineIOPacketType.close.rawValue { self.heardClose = true }
            self.owner?.received(message: packet)
            guard case .open = self.state else { return }
        }
    }

    // MARK: Out

    func write(_ outbox: inout Outbox) {
        for packet in outbox.takeMessages() where !self.saidClose {
            self.queue.append(packet)
            self.queuedBytes += packet.readableBytes
            self.saidClose = packet.readableBytesView.elementsEqual([EngineIOPacketType.close.rawValue])
        }
    }

    func flush() {
        switch self.state {
        case .open, .closing: break
        case .opening, .closed: return
        }
        guard !self.queue.isEmpty, self.post.isFree else { return }
        var count = 0
        var size = 0
        for packet in self.queue.prefix(Self.packetsPerPost) {
            // A separator, or the length in front of it.
            size += packet.readableBytes + (self.plan.version == .v4 ? 1 : 10)
            // One that is too large by itself goes by itself, and the server says what it thinks of it.
            guard count == 0 || size <= self.maxPayload else { break }
            count += 1
        }
        let batch = self.queue.prefix(count)
        let body = EngineIOPayload.encode(batch, self.plan.version)
        self.postedBytes = batch.reduce(0) { $0 + $1.readableBytes }
        self.queuedBytes -= self.postedBytes
        self.queue.removeFirst(count)
        self.ask(.POST, body, on: self.post, .whole(self.timeout)) { result in self.posted(result) }
    }

    private func posted(_ result: Result<HTTPReply, DialError>) {
        self.postedBytes = 0
        let isDone = self.queue.isEmpty && self.saidClose
        switch (self.state, result) {
        case (.opening, _), (.closed, _): return
        case (.closing, .success) where !isDone: self.flush()
        case (.closing, _): self.hangUp()
        case (.open, .failure(let error)): self.end(error.ending)
        case (.open, .success(let reply)) where reply.status / 100 != 2:
            self.end(.denied("a POST was answered with \(reply.refusal)"))
        case (.open, .success): if isDone { self.end(.peerClosed) } else { self.flush() }
        }
    }

    var pendingBytes: Int { self.queuedBytes + self.postedBytes }

    func setReading(_ isReading: Bool) {
        self.isReading = isReading
        self.get.setReading(isReading)
        if isReading { self.poll() }
    }

    // MARK: End

    func close() {
        self.owner = nil
        switch self.state {
        case .opening: self.hangUp()
        case .open where self.heardClose: self.hangUp()
        case .open:
            self.state = .closing
            if !self.saidClose {
                self.saidClose = true
                self.queue.append(ByteBuffer(bytes: [EngineIOPacketType.close.rawValue]))
            }
            let now = Instant(nanoseconds: Int64(self.loop.now.uptimeNanoseconds))
            self.alarm.set(now + self.timeout, on: self.loop, for: self)
            // Nothing is left to post when the goodbye is on its way already.
            if self.queue.isEmpty, self.post.isFree { self.hangUp() } else { self.flush() }
        case .closing, .closed: break
        }
    }

    func reset() {
        self.owner = nil
        self.get.reset()
        self.post.reset()
        self.hangUp()
    }

    private func end(_ reason: CloseReason) {
        let owner = self.owner.take()
        self.hangUp()
        owner?.ended(reason)
    }

    private func hangUp() {
        self.state = .closed
        self.alarm.cancel()
        self.queue.removeAll()
        self.queuedBytes = 0
        self.get.close()
        self.post.close()
    }
}

extension PollingTransport: LoopAlarmTarget {
    /// The other end did not take the goodbye in time.
    func alarmRang(at: Instant) { if self.alarm.rang(at) { self.hangUp() } }
}

@available(*, unavailable)
extension PollingTransport: Sendable {}
