import NIOCore
import NIOHTTP1

/// Asks one question of an HTTP server and keeps the answer: its head, and as much of its body as people read.
final class HTTPHeadProbe: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequestHead
    private let url: BackendURL
    private var done: EventLoopPromise<HTTPReply>?
    private var timeout: Scheduled<Void>?
    private var reply: HTTPReply?

    private static let bodyLimit = 5_000

    private init(_ request: HTTPRequestHead, _ url: BackendURL, _ done: EventLoopPromise<HTTPReply>) {
        self.request = request
        self.url = url
        self.done = done
    }

    /// - Returns: the answer, whatever its status; or a ``DialError``.
    static func ask(
        _ endpoint: Endpoint, _ request: HTTPRequestHead, on loop: any EventLoop
    ) -> EventLoopFuture<HTTPReply> {
        let url = endpoint.settings.url
        return endpoint.connect(on: loop).flatMap { channel in
            let done = loop.makePromise(of: HTTPReply.self)
            do {
                let pipeline = channel.pipeline.syncOperations
                try endpoint.addTLS(to: pipeline)
                try pipeline.addHTTPClientHandlers()
                let handler = HTTPHeadProbe(request, url, done)
                try pipeline.addHandler(handler)
                let bound = NIOLoopBound(handler, eventLoop: loop)
                handler.timeout = loop.scheduleTask(in: .nanoseconds(endpoint.settings.connectTimeout)) {
                    bound.value.fail(DialError(code: .timeout, message: "\(url): no answer to the HTTP request"))
                }
            } catch {
                done.fail(DialError(cause: error, url: url))
            }
            return done.futureResult.always { _ in channel.close(promise: nil) }
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        context.write(self.wrapOutboundOut(.head(self.request)), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.reply = HTTPReply(status: Int(head.status.code), headers: head.headers, body: ByteBuffer())
            if head.status == .switchingProtocols { self.answered() }
        case .body(let bytes):
            self.reply?.body.writeImmutableBuffer(bytes)
            if let reply, reply.body.readableBytes > Self.bodyLimit { self.answered() }
        case .end: self.answered()
        }
    }

    private func answered() {
        self.timeout?.cancel()
        if let reply { self.done.take()?.succeed(reply) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.fail(DialError(cause: error, url: self.url))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.fail(DialError(code: .closed, message: "\(self.url): the server closed the connection without an answer"))
    }

    private func fail(_ error: DialError) {
        // Of an answer whose body does not end, the head is told.
        if self.reply != nil { return self.answered() }
        self.timeout?.cancel()
        self.done.take()?.fail(error)
    }
}

@available(*, unavailable)
extension HTTPHeadProbe: Sendable {}
