import NIOCore

/// Sends one GET and reads the status code of the answer (RFC 9112, 4), nothing more.
final class StatusLineHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: String
    private let status: EventLoopPromise<Int>
    private var received = ByteBuffer()

    init(host: String, port: Int, path: String, status: EventLoopPromise<Int>) {
        self.request = "GET \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\nConnection: close\r\n\r\n"
        self.status = status
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: self.request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.received.writeImmutableBuffer(self.unwrapInboundIn(data))
        // "HTTP/1.1 200": the code is the second word.
        guard self.received.readableBytes >= 12 else { return }
        let line = String(decoding: self.received.readableBytesView.prefix(12), as: UTF8.self)
        if line.hasPrefix("HTTP/1."), let code = Int(line.suffix(3)) {
            self.status.succeed(code)
        } else {
            self.status.fail(ChannelError.inappropriateOperationForState)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.status.fail(ChannelError.eof)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.status.fail(error)
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension StatusLineHandler: Sendable {}
