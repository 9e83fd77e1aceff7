import NIOCore
import NIOHTTP1

/// The server's half of the opening handshake (RFC 6455 §4.2): HTTP in, and a ``RelayConnection`` or a refusal out.
final class RelayHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// Nothing asked yet. Next: asked, done.
        case idle
        /// The request's head is here, its end is not. Next: leaving, done.
        case asked(HTTPRequestHead)
        /// The HTTP handlers are on their way out; bytes are kept. Next: done.
        case leaving(kept: [NIOAny])
        /// Upgraded or refused.
        case done
    }

    /// The HTTP handlers in the order in which they have to go.
    private var codec: [any RemovableChannelHandler]

    private let home: RelayLoop
    private var state = State.idle
    private var timeout: Scheduled<Void>?

    init(home: RelayLoop, codec: [any RemovableChannelHandler]) {
        self.home = home
        self.codec = codec
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.home.began(context.channel)
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        self.timeout = context.eventLoop.scheduleTask(in: .nanoseconds(self.home.options.handshakeTimeout)) {
            let (handler, context) = bound.value
            if case .done = handler.state { return }
            handler.state = .done
            handler.home.tally.handshakeTimeouts += 1
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timeout?.cancel()
        self.home.ended(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.state {
        case .idle:
            guard case .head(let head) = self.unwrapInboundIn(data) else { return }
            self.state = .asked(head)
            // What will be refused is not waited for.
            if head.method != .GET { self.answer(head, context) }
        case .asked(let head):
            if case .end = self.unwrapInboundIn(data) { self.answer(head, context) }
        case .leaving(var kept):
            self.state = .done
            kept.append(data)
            self.state = .leaving(kept: kept)
        case .done: break
        }
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let path = head.target.prefix { $0 != "?" }
        guard !self.home.isDraining else {
            return self.refuse(.serviceUnavailable, "the server is going away", context)
        }
        guard !head.lacksItsHost else {
            return self.refuse(.badRequest, "one Host, please (RFC 9112 section 3.2)", context)
        }
        guard path == self.home.options.path else { return self.refuse(.notFound, "no relay at \(path)", context) }
        guard head.method == .GET else { return self.refuse(.methodNotAllowed, "GET only", context) }
        if let (status, why) = WebSocketAcceptance.refusal(of: head) { return self.refuse(status, why, context) }
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        WebSocketAcceptance.answer(to: head, on: context.channel).whenComplete { result in
            let (handler, context) = bound.value
            switch result {
            case .success(let headers): handler.upgrade(headers, context)
            case .failure: handler.refuse(.badRequest, "this is no WebSocket handshake", context)
            }
        }
    }

    /// Agrees; the answer leaves together with the welcome.
    private func upgrade(_ headers: HTTPHeaders, _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(self.wrapOutboundOut(.end(nil)), promise: nil)
        self.state = .leaving(kept: [])
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
        guard case .leaving(let kept) = self.state, context.channel.isActive else { return }
        self.state = .done
        do {
            try context.pipeline.syncOperations.addHandler(RelayConnection(home: self.home))
        } catch {
            context.close(promise: nil)
            return
        }
        for data in kept { context.fireChannelRead(data) }
        if !kept.isEmpty { context.fireChannelReadComplete() }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func refuse(_ status: HTTPResponseStatus, _ why: String, _ context: ChannelHandlerContext) {
        self.state = .done
        var headers: HTTPHeaders = ["Connection": "close", "Content-Type": "text/plain; charset=utf-8"]
        headers.add(name: "Content-Length", value: String(why.utf8.count + 1))
        for (name, value) in WebSocketAcceptance.fields(of: status) { headers.add(name: name, value: value) }
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: why + "\n")))), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        self.timeout?.cancel()
        context.closeAfterReading(within: self.home.options.handshakeTimeout)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .done = self.state { return }
        if error is HTTPParserError, !self.codec.isEmpty {
            self.refuse(.badRequest, "this is no HTTP", context)
        } else {
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.state = .done
        context.fireChannelInactive()
    }
}

@available(*, unavailable)
extension RelayHandshake: Sendable {}
