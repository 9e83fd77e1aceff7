import NIOCore
import NIOHTTP1

/// The server's end of one HTTP connection: requests one after another, until one becomes a WebSocket.
final class EngineIOConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// Nothing asked. Next: reading, done.
        case idle
        /// A request is on its way in. Next: answering, done.
        case reading(HTTPRequest)
        /// An answer is owed. Next: idle, leaving, done.
        case answering(HTTPRequestHead)
        /// The HTTP handlers are on their way out; bytes are kept. Next: done.
        case leaving(EngineIOSocket, kept: [NIOAny])
        /// Upgraded or closed.
        case done
    }

    /// The HTTP handlers in the order in which they have to go.
    private var codec: [any RemovableChannelHandler]

    private let hub: EngineIOHub
    private var state = State.idle
    private var context: ChannelHandlerContext?
    private var timeout: Scheduled<Void>?
    /// The session whose packets a GET of this connection waits for.
    private var polling: EngineIOSession?
    /// The session that a POST of this connection brings packets to.
    private var posting: EngineIOSession?

    init(hub: EngineIOHub, codec: [any RemovableChannelHandler]) {
        self.hub = hub
        self.codec = codec
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.hub.began(context.channel)
        self.setTimeout(self.hub.options.handshakeTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timeout?.cancel()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.polling.take()?.pollEnded(self)
        self.posting.take()?.postEnded(self)
        self.state = .done
        self.hub.ended(context.channel)
        context.fireChannelInactive()
    }

    /// Closes a connection that asks for nothing.
    private func setTimeout(_ nanoseconds: Int64) {
        self.timeout?.cancel()
        guard let context else { return }
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        self.timeout = context.eventLoop.scheduleTask(in: .nanoseconds(nanoseconds)) {
            let (handler, context) = bound.value
            if case .answering = handler.state { return }
            handler.hub.counters.handshakeTimeouts += 1
            context.close(promise: nil)
        }
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.state {
        case .idle:
            if case .head(let head) = self.unwrapInboundIn(data) {
                self.begin(HTTPRequest(head: head, body: ByteBuffer()))
            }
        case .reading(var request):
            switch self.unwrapInboundIn(data) {
            case .head: context.close(promise: nil)
            case .body(let bytes):
                self.state = .done
                guard request.body.readableBytes + bytes.readableBytes <= self.hub.options.maxMessageBytes else {
                    return self.refuse(request.head, .text("too much", status: .payloadTooLarge))
                }
                request.body.writeImmutableBuffer(bytes)
                self.state = .reading(request)
            case .end:
                self.state = .answering(request.head)
                self.answer(request, context)
            }
        case .answering:
            // No client that we know of sends its next request before it has the answer to the last.
            context.close(promise: nil)
        case .leaving(let socket, var kept):
            self.state = .done
            kept.append(data)
            self.state = .leaving(socket, kept: kept)
        case .done: break
        }
    }

    /// Answers before the whole request is here.
    private func refuse(_ head: HTTPRequestHead, _ response: HTTPResponse) {
        self.state = .answering(head)
        self.respond(response, andClose: true)
    }

    /// A request begins; a POST while another one is on its way to the same session is refused before its body comes.
    private func begin(_ request: HTTPRequest) {
        if request.head.lacksItsHost {
            return self.refuse(request.head, .text("one Host, please (RFC 9112 section 3.2)\n", status: .badRequest))
        }
        if let length = request.head.headers.first(name: "Content-Length").flatMap(Int.init),
            length > self.hub.options.maxMessageBytes
        {
            return self.refuse(request.head, .text("too much", status: .payloadTooLarge))
        }
        if request.head.method == .POST, request.path == self.hub.path,
            let session = request.query["sid"].flatMap(self.hub.session)
        {
            guard session.postBegan(self) else {
                return self.refuse(request.head, EngineIORefusal.request.response)
            }
            self.posting = session
        }
        self.state = .reading(request)
        guard request.head.waitsToSend, let context else { return }
        let go = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(self.wrapOutboundOut(.head(go)), promise: nil)
    }

    private func answer(_ request: HTTPRequest, _ context: ChannelHandlerContext) {
        guard !self.hub.isDraining else {
            return self.respond(.text("the server is going away", status: .serviceUnavailable), andClose: true)
        }
        let path = request.path
        if path == self.hub.path || path + "/" == self.hub.path {
            self.engine(request, context)
        } else if request.head.method == .OPTIONS {
            self.respond(.text("", status: .noContent))
        } else {
            self.hub.openTick()
            self.respond(
                self.hub.application?.answer(request) ?? .text("nothing here at \(path)\n", status: .notFound))
        }
    }

    /// A request of Engine.IO's own.
    private func engine(_ request: HTTPRequest, _ context: ChannelHandlerContext) {
        if request.head.method == .OPTIONS { return self.respond(.text("", status: .noContent)) }
        let query = request.query
        // Whoever does not say, means the oldest.
        guard let version = Int(query["EIO"] ?? "2").flatMap(EngineIOPlan.Version.init(rawValue:)) else {
            return self.respond(EngineIORefusal.version.response)
        }
        guard let transport = query["transport"], ["polling", "websocket"].contains(transport) else {
            return self.respond(EngineIORefusal.transport.response)
        }
        var session: EngineIOSession?
        if let sid = query["sid"] {
            session = self.hub.session(sid)
            guard let session, session.version == version else {
                return self.respond(EngineIORefusal.session.response)
            }
        } else if request.head.method != .GET {
            return self.respond(EngineIORefusal.method.response)
        }
        if transport == "websocket" {
            return self.upgrade(request, version, session, context)
        }
        guard !WebSocketAcceptance.isWanted(by: request.head) else {
            return self.respond(EngineIORefusal.request.response)
        }
        switch (session, request.head.method) {
        case (nil, _): self.poll(self.hub.open(request, version: version, socket: nil))
        case (let session?, .GET): self.poll(session)
        case (let session?, .POST): session.posted(request.body, by: self)
        default: self.respond(EngineIORefusal.method.response)
        }
        self.hub.openTick()
    }

    private func poll(_ session: EngineIOSession) {
        self.polling = session
        session.polled(by: self)
    }

    // MARK: Out

    /// Answers the request that waits.
    func respond(_ response: HTTPResponse, andClose: Bool = false) {
        guard case .answering(let request) = self.state, let context else { return }
        self.polling = nil
        self.posting.take()?.postEnded(self)
        let keepsAlive = request.isKeepAlive && !andClose
        var headers: HTTPHeaders = ["Content-Type": response.type, "Cache-Control": "no-store"]
        if response.status != .noContent {
            headers.add(name: "Content-Length", value: String(response.body.readableBytes))
        }
        for origin in request.headers["Origin"].prefix(1) {
            headers.add(name: "Access-Control-Allow-Origin", value: origin)
            headers.add(name: "Access-Control-Allow-Credentials", value: "true")
            headers.add(name: "Access-Control-Allow-Headers", value: "Content-Type")
            headers.add(name: "Vary", value: "Origin")
        }
        for (name, value) in response.headers { headers.add(name: name, value: value) }
        if !keepsAlive { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: response.status, headers: headers)
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD, response.body.readableBytes > 0 {
            context.write(self.wrapOutboundOut(.body(.byteBuffer(response.body))), promise: nil)
        }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        if keepsAlive {
            self.state = .idle
            self.setTimeout(self.hub.options.pingInterval + self.hub.options.pingTimeout)
        } else {
            self.state = .done
            self.timeout?.cancel()
            context.closeAfterReading(within: self.hub.options.handshakeTimeout)
        }
    }

    // MARK: Upgrade

    private func upgrade(
        _ request: HTTPRequest, _ version: EngineIOPlan.Version, _ session: EngineIOSession?,
        _ context: ChannelHandlerContext
    ) {
        if let (status, why) = WebSocketAcceptance.refusal(of: request.head),
            WebSocketAcceptance.isWanted(by: request.head)
        {
            return self.respond(
                HTTPResponse(
                    status: status, type: "text/plain; charset=utf-8", body: ByteBuffer(string: why + "\n"),
                    headers: WebSocketAcceptance.fields(of: status)), andClose: true)
        }
        guard request.head.method == .GET, WebSocketAcceptance.isWanted(by: request.head) else {
            return self.respond(EngineIORefusal.request.response)
        }
        let socket = EngineIOSocket(hub: self.hub, request: request, version: version, session: session)
        let bound = NIOLoopBound((handler: self, context: context, socket: socket), eventLoop: context.eventLoop)
        WebSocketAcceptance.answer(to: request.head, on: context.channel).whenComplete { result in
            let (handler, context, socket) = bound.value
            switch result {
            case .success(let headers): handler.agree(headers, socket, context)
            case .failure: handler.respond(EngineIORefusal.request.response)
            }
        }
    }

    private func agree(_ headers: HTTPHeaders, _ socket: EngineIOSocket, _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        self.timeout?.cancel()
        self.state = .leaving(socket, kept: [])
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        let pipeline = context.pipeline.syncOperations
        EventLoopFuture.andAllComplete(self.codec.map { pipeline.removeHandler($0) }, on: context.eventLoop)
            .whenComplete { _ in
                let (handler, context) = bound.value
                handler.handOver(context)
            }
        self.codec = []
    }

    private func handOver(_ context: ChannelHandlerContext) {
        guard case .leaving(let socket, let kept) = self.state, context.channel.isActive else { return }
        self.state = .done
        do {
            try context.pipeline.syncOperations.addHandler(socket)
        } catch {
            context.close(promise: nil)
            return
        }
        for data in kept { context.fireChannelRead(data) }
        if !kept.isEmpty { context.fireChannelReadComplete() }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError, !self.codec.isEmpty {
            self.state = .answering(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"))
            self.respond(.text("this is no HTTP\n", status: .badRequest), andClose: true)
        } else {
            context.close(promise: nil)
        }
    }
}

@available(*, unavailable)
extension EngineIOConnection: Sendable {}
