import NIOCore
import NIOHTTP1

/// Leads a new connection through the WebSocket upgrade, hands it to its owner and goes.
///
/// It stays in the pipeline until the HTTP handlers are gone, and keeps what they leave over for the owner.
final class UpgradeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private enum State {
        /// Nothing said yet. Next: asked, done.
        case idle
        /// The request is out. Next: refused, agreed, done.
        case asked
        /// The answer is not a `101`: its body is collected for the error. Next: done.
        case refused(HTTPResponseHead, body: ByteBuffer)
        /// The answer is a good `101`. Next: leaving, done.
        case agreed
        /// The HTTP handlers are on their way out; bytes are kept. Next: done.
        case leaving(kept: [NIOAny])
        /// Handed over or failed.
        case done
    }

    /// The HTTP handlers in the order in which they have to go.
    var codec: [any RemovableChannelHandler] = []

    /// What lies below frames from the handover on; nil where nothing is compressed.
    private var deflate: DeflateHandler?
    private var state = State.idle
    private let request: UpgradeRequest
    private let url: BackendURL
    private let deadline: NIODeadline
    private let opened: EventLoopPromise<Void>
    private let install: Dialer.Install
    private var timeout: Scheduled<Void>?

    /// As much of the body of a refusal as is kept: more than an error message wants, so that a secret is whole when it is masked.
    private static let bodyLimit = 5_000

    init(
        request: UpgradeRequest,
        url: BackendURL,
        deadline: NIODeadline,
        opened: EventLoopPromise<Void>,
        install: @escaping Dialer.Install
    ) {
        self.request = request
        self.url = url
        self.deadline = deadline
        self.opened = opened
        self.install = install
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        self.timeout = context.eventLoop.scheduleTask(deadline: self.deadline) {
            let (handler, context) = bound.value
            let error = DialError(code: .timeout, message: "\(handler.url): no answer to the WebSocket upgrade")
            handler.fail(error, context)
        }
        if context.channel.isActive { self.ask(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.ask(context)
        context.fireChannelActive()
    }

    private func ask(_ context: ChannelHandlerContext) {
        guard case .idle = self.state else { return }
        self.state = .asked
        context.write(self.wrapOutboundOut(.head(self.request.head)), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.state {
        case .asked:
            if case .head(let head) = self.unwrapInboundIn(data) { self.answered(head, context) }
        case .refused(let head, var body):
            switch self.unwrapInboundIn(data) {
            case .body(let bytes):
                body.writeImmutableBuffer(bytes)
                self.state = .refused(
                    head, body: body.getSlice(at: 0, length: min(body.writerIndex, Self.bodyLimit)) ?? body)
            case .end: self.fail(self.refusal(head, body), context)
            case .head: break
            }
        case .agreed:
            if case .end = self.unwrapInboundIn(data) { self.removeCodec(context) }
        case .leaving(var kept):
            self.state = .done
            kept.append(data)
            self.state = .leaving(kept: kept)
        case .idle, .done: break
        }
    }

    private func answered(_ head: HTTPResponseHead, _ context: ChannelHandlerContext) {
        guard head.status == .switchingProtocols else {
            self.state = .refused(head, body: ByteBuffer())
            return
        }
        if let objection = self.request.objection(to: head) {
            let message = "\(self.url): bad answer to the upgrade: \(objection)"
            self.fail(DialError(code: .badUpgrade, message: message), context)
            return
        }
        self.deflate = self.request.deflate(head)
        self.request.keepCookies(head)
        self.state = .agreed
    }

    /// Takes the HTTP handlers out; the last one passes on what it has left over.
    private func removeCodec(_ context: ChannelHandlerContext) {
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
        guard case .leaving(let kept) = self.state else { return }
        do {
            if let deflate { try context.pipeline.syncOperations.addHandler(deflate) }
            try self.install(context.channel, [])
        } catch {
            self.fail(DialError(code: .unwanted, message: "\(self.url): not wanted any more: \(error)"), context)
            return
        }
        self.state = .done
        self.timeout?.cancel()
        for data in kept { context.fireChannelRead(data) }
        if !kept.isEmpty { context.fireChannelReadComplete() }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        self.opened.succeed(())
    }

    private func refusal(_ head: HTTPResponseHead, _ body: ByteBuffer) -> DialError {
        HTTPReply(status: Int(head.status.code), headers: head.headers, body: body).dialError("the upgrade", self.url)
    }

    private func fail(_ error: DialError, _ context: ChannelHandlerContext) {
        if case .done = self.state { return }
        self.state = .done
        self.timeout?.cancel()
        self.opened.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .refused(let head, let body) = self.state {
            self.fail(self.refusal(head, body), context)
        } else {
            self.fail(
                DialError(code: .closed, message: "\(self.url): the server closed the connection during the handshake"),
                context)
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.fail(DialError(cause: error, url: self.url), context)
    }
}

@available(*, unavailable)
extension UpgradeHandler: Sendable {}
