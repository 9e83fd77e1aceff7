import NIOCore
import NIOHTTP1

/// Asks one question over a new connection, keeps the answer, and closes.
final class HTTPOnceHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let head: HTTPRequestHead
    private let body: ByteBuffer?
    private let url: BackendURL
    private let deadline: NIODeadline
    private var reply: EventLoopPromise<HTTPReply>?
    private var answer: HTTPReply?
    private var timeout: Scheduled<Void>?
    private var isAsked = false

    /// The greatest body kept, in bytes.
    private static let bodyLimit = 4 << 20

    init(
        head: HTTPRequestHead, body: ByteBuffer?, url: BackendURL, deadline: NIODeadline,
        reply: EventLoopPromise<HTTPReply>
    ) {
        self.head = head
        self.body = body
        self.url = url
        self.deadline = deadline
        self.reply = reply
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        self.timeout = context.eventLoop.scheduleTask(deadline: self.deadline) {
            let (handler, context) = bound.value
            let error = DialError(code: .timeout, message: "\(handler.url): no answer to \(handler.head.uri)")
            handler.end(.failure(error), context)
        }
        if context.channel.isActive { self.ask(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.ask(context)
        context.fireChannelActive()
    }

    private func ask(_ context: ChannelHandlerContext) {
        guard !self.isAsked else { return }
        self.isAsked = true
        context.write(self.wrapOutboundOut(.head(self.head)), promise: nil)
        if let body { context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.answer = HTTPReply(status: Int(head.status.code), headers: head.headers, body: ByteBuffer())
        case .body(var bytes):
            self.answer?.body.writeBuffer(&bytes)
            if let answer, answer.body.readableBytes > Self.bodyLimit {
                let message = "\(self.url): the answer to \(self.head.uri) is greater than \(Self.bodyLimit) bytes"
                self.end(.failure(DialError(code: .badResponse, message: message)), context)
            }
        case .end:
            if let answer { self.end(.success(answer), context) }
        }
    }

    private func end(_ result: Result<HTTPReply, DialError>, _ context: ChannelHandlerContext) {
        guard let reply = self.reply.take() else { return }
        self.timeout?.cancel()
        context.close(promise: nil)
        reply.completeWith(result.mapError { $0 as any Error })
    }

    func channelInactive(context: ChannelHandlerContext) {
        let message = "\(self.url): the server closed the connection before it answered \(self.head.uri)"
        self.end(.failure(DialError(code: .closed, message: message)), context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.end(.failure(DialError(cause: error, url: self.url)), context)
    }
}

@available(*, unavailable)
extension HTTPOnceHandler: Sendable {}
