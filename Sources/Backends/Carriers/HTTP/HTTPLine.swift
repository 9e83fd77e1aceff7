import Glibc
import NIOCore
import NIOHTTP1
import NIOTLS
import Signaling

/// One request of an ``HTTPLine``.
struct HTTPAsk {
    var head: HTTPRequestHead
    var body: ByteBuffer?
    var patience: Patience

    /// How long the other end may take, in nanoseconds; nil for as long as it likes.
    enum Patience {
        /// For everything, the connect included.
        case whole(Int64)
        /// For the connect and the head of the answer, and between two pieces of its body.
        case pieces(head: Int64?, pause: Int64?)
    }
}

/// Who gets the answer to a request, piece by piece; of ``end(_:)`` and ``failed(_:_:)`` exactly one comes, as the last.
protocol HTTPReader: AnyObject {
    func head(_ head: HTTPResponseHead, _ line: HTTPLine)
    func body(_ piece: ByteBuffer, _ line: HTTPLine)
    /// The answer is complete, and the line free for the next request.
    func end(_ line: HTTPLine)
    func failed(_ error: DialError, _ line: HTTPLine)
}

/// One HTTP/1.1 connection to a backend that carries one request after another and is dialled whenever there is none.
///
/// Confined to its event loop. A request whose connection breaks is not repeated: the backend may have acted on it
/// (RFC 9110 §9.2.2).
final class HTTPLine: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let endpoint: Endpoint
    private let loop: any EventLoop
    private let maxHeadBytes: Int
    private var context: ChannelHandlerContext?
    /// Whether the connection may carry: with TLS, when the handshake is done.
    private var isReady = false
    private var isDialing = false
    /// Who waits for the connection alone.
    private var awaiting: ((Result<Void, DialError>) -> Void)?
    private var isClosed = false
    private var isReading = true
    private var asked: (ask: HTTPAsk, reader: any HTTPReader)?
    /// Whether the connection carries on after the answer that is being read.
    private var isKeptAlive = true
    private var alarm = LoopAlarm()
    /// Connections dialled so far.
    private(set) var dialed = 0

    init(_ endpoint: Endpoint, on loop: any EventLoop, maxHeadBytes: Int = 64 << 10) {
        self.endpoint = endpoint
        self.loop = loop
        self.maxHeadBytes = maxHeadBytes
    }

    /// Whether no answer is owed.
    var isFree: Bool { self.asked == nil }

    private var now: Instant { Instant(nanoseconds: Int64(self.loop.now.uptimeNanoseconds)) }
    private var url: BackendURL { self.endpoint.settings.url }

    /// The head of a request with the fields that every request has.
    func head(_ method: HTTPMethod, _ path: String, _ fields: [(String, String)], body: ByteBuffer?) -> HTTPRequestHead
    {
        var headers = HTTPHeaders()
        headers.add(name: "Host", value: self.url.authority)
        if let body { headers.add(name: "Content-Length", value: String(body.readableBytes)) }
        if let user = self.url.user { headers.add(name: "Authorization", value: BasicAuthorization.value(user)) }
        for (name, value) in fields { headers.add(name: name, value: value) }
        headers.take(users: self.endpoint.settings.headers)
        return HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
    }

    /// Dials without a request, so that a server that cannot be reached is known before anything is asked of it.
    func connect(timeout: Int64, _ done: @escaping (Result<Void, DialError>) -> Void) {
        precondition(self.isFree && self.awaiting == nil && self.context == nil, "a line that is in use is connected")
        self.awaiting = done
        self.setAlarm(timeout)
        if !self.isDialing { self.dial() }
    }

    /// Sends a request; the line must be free.
    func ask(_ ask: HTTPAsk, for reader: any HTTPReader) {
        precondition(self.isFree, "a second request on a line that waits for an answer")
        self.asked = (ask, reader)
        switch ask.patience {
        case .whole(let timeout): self.setAlarm(timeout)
        case .pieces(let head, _): self.setAlarm(head)
        }
        if let context {
            if self.isReady { self.say(ask, context) }
        } else if !self.isDialing {
            self.dial()
        }
    }

    /// Hangs up, and tells nobody.
    func close() {
        self.asked = nil
        self.awaiting = nil
        self.alarm.cancel()
        self.isClosed = true
        self.context?.close(promise: nil)
    }

    /// Hangs up by RST where there is a socket.
    func reset() {
        let context = self.context
        guard let options = context?.channel as? any SocketOptionProvider else { return self.close() }
        self.asked = nil
        self.awaiting = nil
        self.alarm.cancel()
        self.isClosed = true
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            .assumeIsolated().whenComplete { _ in context?.close(promise: nil) }
    }

    /// Stops or resumes reading; what the other end sends meanwhile waits in the socket.
    func setReading(_ isReading: Bool) {
        self.isReading = isReading
        guard let context else { return }
        context.channel.setOption(.autoRead, value: isReading)
            .assumeIsolated().whenComplete { _ in if isReading { context.read() } }
    }

    // MARK: Connection

    private func dial() {
        self.isDialing = true
        self.dialed += 1
        self.endpoint.connect(on: self.loop).assumeIsolated().whenComplete { result in
            self.isDialing = false
            switch result {
            case .success(let channel): self.connected(channel)
            case .failure(let error): self.fail(DialError(cause: error, url: self.url))
            }
        }
    }

    private func connected(_ channel: any Channel) {
        guard !self.isClosed, self.asked != nil || self.awaiting != nil else { return channel.close(promise: nil) }
        do {
            let pipeline = channel.pipeline.syncOperations
            try self.endpoint.addTLS(to: pipeline)
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = self.maxHeadBytes
            limits.maxHeaderListSize = self.maxHeadBytes
            try pipeline.addHTTPClientHandlers(decoderLimitConfiguration: limits)
            try pipeline.addHandler(self)
            if !self.isReading { self.setReading(false) }
        } catch {
            self.fail(DialError(cause: error, url: self.url))
            channel.close(promise: nil)
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        self.begin(context)
    }

    func channelActive(context: ChannelHandlerContext) {
        if self.context == nil { self.begin(context) }
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        self.context = context
        if self.endpoint.tls == nil { self.ready(context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if context === self.context, let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            self.ready(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func ready(_ context: ChannelHandlerContext) {
        self.isReady = true
        if let asked { return self.say(asked.ask, context) }
        self.alarm.cancel()
        self.awaiting.take()?(.success(()))
    }

    private func say(_ ask: HTTPAsk, _ context: ChannelHandlerContext) {
        self.isKeptAlive = true
        context.write(self.wrapOutboundOut(.head(ask.head)), promise: nil)
        if let body = ask.body { context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    // MARK: Answer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard context === self.context, let asked else { return }
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.isKeptAlive = head.isKeepAlive
            self.awaitPiece(asked.ask)
            asked.reader.head(head, self)
        case .body(let piece):
            self.awaitPiece(asked.ask)
            asked.reader.body(piece, self)
        case .end:
            self.asked = nil
            self.alarm.cancel()
            if !self.isKeptAlive { self.drop(context) }
            asked.reader.end(self)
        }
    }

    private func awaitPiece(_ ask: HTTPAsk) {
        if case .pieces(_, let pause) = ask.patience { self.setAlarm(pause) }
    }

    /// Lets go of a connection; the next request dials another.
    private func drop(_ context: ChannelHandlerContext) {
        self.context = nil
        self.isReady = false
        context.close(promise: nil)
    }

    private func fail(_ error: DialError) {
        if let context { self.drop(context) }
        self.alarm.cancel()
        self.awaiting.take()?(.failure(error))
        guard let asked = self.asked.take() else { return }
        asked.reader.failed(error, self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if context === self.context {
            self.context = nil
            self.isReady = false
            let what = self.asked.map { "it had answered \($0.ask.head.uri)" } ?? "it could be used"
            let message = "\(self.url): the server closed the connection before \(what)"
            self.fail(DialError(code: .closed, message: message))
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if context === self.context {
            self.fail(DialError(cause: error, url: self.url))
        } else {
            context.close(promise: nil)
        }
    }

    private func setAlarm(_ timeout: Int64?) {
        self.alarm.cancel()
        if let timeout { self.alarm.set(self.now + timeout, on: self.loop, for: self) }
    }
}

extension HTTPLine: LoopAlarmTarget {
    func alarmRang(at: Instant) {
        guard self.alarm.rang(at) else { return }
        let what = self.asked.map { "the answer to \($0.ask.head.uri)" } ?? "the connection"
        self.fail(DialError(code: .timeout, message: "\(self.url): timeout waiting for \(what)"))
    }
}

@available(*, unavailable)
extension HTTPLine: Sendable {}
