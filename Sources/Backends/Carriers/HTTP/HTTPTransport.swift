import NIOCore
import NIOHTTP1
import Signaling

/// Carries a dialect's messages by HTTP/1.1, as its ``HTTPPlan`` says.
final class HTTPTransport: Transport {
    private enum State {
        /// The connection for requests is being dialled. Next: open, closed.
        case opening
        /// Next: closing, closed.
        case open
        /// What waits is still to be sent. Next: closed.
        case closing
        /// Gone.
        case closed
    }

    /// What is listened to.
    private struct Listening {
        let how: HTTPListening
        let endpoint: Endpoint
        let path: String
        let fields: [(String, String)]
        /// Whether it is the server that cookies are of.
        let isHome: Bool
        var redirectsLeft = Dialer.mostRedirects
        /// What the next poll repeats of the last answer.
        var validators: [(String, String)] = []
        /// When the last poll was asked.
        var askedAt: Instant?
    }

    private var owner: (any TransportOwner)?
    private let endpoint: Endpoint
    private let plan: HTTPPlan
    private let loop: any EventLoop
    private let sender: HTTPLine
    private var listener: HTTPLine
    private var listening: Listening?
    private var state = State.opening
    private var cookies = Cookies()
    private var isReading = true
    private var queue = CircularBuffer<(HTTPOutgoing, bytes: Int)>()
    /// Bytes of requests that wait, or whose answer is owed.
    private(set) var pendingBytes = 0
    private var alarm = LoopAlarm()

    /// Nanoseconds from one poll to the next when the server has nothing and says so at once.
    private static let emptyPollPause: Int64 = 1_000_000_000

    init(_ owner: any TransportOwner, _ endpoint: Endpoint, _ plan: HTTPPlan, on loop: any EventLoop) {
        self.owner = owner
        self.endpoint = endpoint
        self.plan = plan
        self.loop = loop
        self.sender = HTTPLine(endpoint, on: loop)
        self.listener = HTTPLine(endpoint, on: loop)
    }

    var cookie: String? { self.cookies.field }

    private var now: Instant { Instant(nanoseconds: Int64(self.loop.now.uptimeNanoseconds)) }
    private var timeout: Int64 { self.endpoint.settings.connectTimeout }

    /// Dials the connection for requests; the owner learns what came of it.
    func open(cookie: String?) {
        self.cookies = Cookies(field: cookie)
        self.sender.connect(timeout: self.timeout) { result in
            guard case .opening = self.state else { return }
            switch result {
            case .success:
                self.state = .open
                self.owner?.opened(self, early: [])
            case .failure(let error):
                let owner = self.owner.take()
                self.hangUp()
                owner?.failed(error)
            }
        }
    }

    private func ask(
        _ line: HTTPLine, _ what: Listening, _ fields: [(String, String)], timeout: Int64?, pause: Int64?,
        for reader: any HTTPReader
    ) {
        let head = line.head(
            .GET, what.path, fields + what.fields + (what.isHome ? self.cookies.fields : []), body: nil)
        line.ask(HTTPAsk(head: head, body: nil, patience: .pieces(head: timeout, pause: pause)), for: reader)
    }

    private func take(_ setCookies: [String]) {
        if self.listening?.isHome == true { self.cookies.take(setCookies) }
    }

    /// Hands a message to the owner.
    ///
    /// - Returns: whether this end still listens.
    private func tell(_ message: ByteBuffer) -> Bool {
        self.owner?.received(message: message)
        if case .open = self.state { return true }
        return false
    }

    // MARK: Listening

    private func listen(_ listening: Listening) {
        guard case .open = self.state else { return }
        if !self.listener.isFree || self.listening != nil {
            self.listener.close()
            self.listener = HTTPLine(listening.endpoint, on: self.loop)
            if !self.isReading { self.listener.setReading(false) }
        }
        self.alarm.cancel()
        self.listening = listening
        switch listening.how {
        case .events: self.streamEvents(listening)
        case .polls: self.poll()
        }
    }

    private func streamEvents(_ listening: Listening) {
        let line = self.listener
        let fields = [("Accept", "text/event-stream"), ("Cache-Control", "no-store")]
        let reader = HTTPEventReader(maxEventBytes: self.plan.maxMessageBytes) { news in
            guard line === self.listener, case .open = self.state else { return }
            switch news {
            case .began(let head):
                self.take(head.headers["Set-Cookie"])
                if self.tell(HTTPIncoming.listening.message()) { self.owner?.endOfRead() }
            case .events(let events):
                for event in events {
                    let incoming = HTTPIncoming.event(type: event.type, id: event.id)
                    guard self.tell(incoming.message(event.data)), line === self.listener else { return }
                }
                if !events.isEmpty { self.owner?.endOfRead() }
            case .ended: self.end(.peerClosed)
            case .refused(let reply): self.refused(reply)
            case .failed(let error): self.end(error.ending)
            }
        }
        self.ask(line, listening, fields, timeout: self.timeout, pause: self.plan.silence, for: reader)
    }

    private func poll() {
        guard case .open = self.state, self.isReading, let listening, self.listener.isFree,
            self.alarm.at == .distantFuture
        else {
            return
        }
        let line = self.listener
        self.listening?.askedAt = self.now
        let collector = HTTPCollector(maxBodyBytes: self.plan.maxMessageBytes) { result in
            guard line === self.listener, case .open = self.state else { return }
            switch result {
            case .success(let reply): self.polled(reply, line)
            case .failure(let error): self.end(error.ending)
            }
        }
        self.ask(line, listening, listening.validators, timeout: nil, pause: self.timeout, for: collector)
    }

    private func polled(_ reply: HTTPReply, _ line: HTTPLine) {
        self.take(reply.setCookies)
        switch reply.status {
        case 200...299, 304, 408: break
        default: return self.refused(reply)
        }
        let pairs = [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")]
        let validators = pairs.compactMap { name, field in reply.headers.first(name: name).map { (field, $0) } }
        if !validators.isEmpty { self.listening?.validators = validators }
        let isNews = reply.status / 100 == 2 && reply.body.readableBytes > 0
        if isNews {
            let incoming = HTTPIncoming.event(type: "message", id: "")
            guard self.tell(incoming.message(reply.body)), line === self.listener else { return }
            self.owner?.endOfRead()
        }
        guard line === self.listener, let askedAt = self.listening?.askedAt else { return }
        let earliest = askedAt + Self.emptyPollPause
        if isNews || earliest <= self.now { return self.poll() }
        self.alarm.set(earliest, on: self.loop, for: self)
    }

    /// The server does not want to be listened to, at least not here.
    private func refused(_ reply: HTTPReply) {
        guard let listening else { return }
        let error = reply.dialError("listening to \(listening.path)", listening.endpoint.settings.url)
        guard listening.redirectsLeft > 0, let next = listening.endpoint.following(error) else {
            return self.end(.protocolViolation(error.message))
        }
        var elsewhere = Listening(
            how: listening.how, endpoint: next, path: next.settings.url.path, fields: listening.fields,
            isHome: next.isServer(of: self.endpoint))
        elsewhere.redirectsLeft = listening.redirectsLeft - 1
        self.listen(elsewhere)
    }

    // MARK: Requests

    func write(_ outbox: inout Outbox) {
        for message in outbox.takeMessages() {
            guard let outgoing = HTTPOutgoing(message) else { continue }
            self.queue.append((outgoing, message.readableBytes))
            self.pendingBytes += message.readableBytes
        }
    }

    func flush() {
        switch self.state {
        case .open, .closing: break
        case .opening, .closed: return
        }
        while self.sender.isFree, let (outgoing, bytes) = self.queue.popFirst() {
            switch outgoing {
            case .listen(let how, let path, let fields):
                self.pendingBytes -= bytes
                self.listen(
                    Listening(
                        how: how, endpoint: self.endpoint, path: path, fields: fields.map { ($0.name, $0.value) },
                        isHome: true))
            case .request(let method, let path, let fields, let body, let tag):
                let body = body.readableBytes > 0 || method != "GET" ? body : nil
                let head = self.sender.head(
                    HTTPMethod(rawValue: method), path, fields.map { ($0.name, $0.value) } + self.cookies.fields,
                    body: body)
                let collector = HTTPCollector(maxBodyBytes: self.plan.maxMessageBytes) { result in
                    self.pendingBytes -= bytes
                    self.answered(result, tag)
                }
                self.sender.ask(HTTPAsk(head: head, body: body, patience: .whole(self.timeout)), for: collector)
            }
        }
        if case .closing = self.state, self.sender.isFree, self.queue.isEmpty { self.hangUp() }
    }

    private func answered(_ result: Result<HTTPReply, DialError>, _ tag: UInt32) {
        switch (self.state, result) {
        case (.opening, _), (.closed, _): return
        case (.closing, .failure): self.hangUp()
        case (.open, .failure(let error)): self.end(error.ending)
        case (.closing, .success): self.flush()
        case (.open, .success(let reply)):
            self.cookies.take(reply.setCookies)
            let refusal = reply.status / 100 == 2 ? "" : reply.refusal
            let incoming = HTTPIncoming.answer(tag: tag, status: reply.status, refusal: refusal)
            if self.tell(incoming.message(reply.body)) { self.owner?.endOfRead() }
            self.flush()
        }
    }

    func setReading(_ isReading: Bool) {
        self.isReading = isReading
        self.listener.setReading(isReading)
        if isReading, self.listening?.how == .polls { self.poll() }
    }

    // MARK: End

    func close() {
        self.owner = nil
        switch self.state {
        case .opening: self.hangUp()
        case .open:
            self.state = .closing
            self.listener.close()
            self.alarm.set(self.now + self.timeout, on: self.loop, for: self)
            self.flush()
        case .closing, .closed: break
        }
    }

    func reset() {
        self.owner = nil
        self.sender.reset()
        self.listener.reset()
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
        self.pendingBytes = 0
        self.listening = nil
        self.sender.close()
        self.listener.close()
    }
}

extension HTTPTransport: LoopAlarmTarget {
    /// The next poll is due, or the other end took too long over what was sent last.
    func alarmRang(at: Instant) {
        guard self.alarm.rang(at) else { return }
        if case .closing = self.state { self.hangUp() } else { self.poll() }
    }
}

@available(*, unavailable)
extension HTTPTransport: Sendable {}
