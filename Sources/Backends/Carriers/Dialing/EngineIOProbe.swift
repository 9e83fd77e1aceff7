import NIOCore

/// Lets a WebSocket take over a session that began with long-polling, hands it to its owner and goes.
///
/// `2probe`, answered by `3probe`, then `5`: https://github.com/socketio/engine.io-protocol, section "Upgrade".
final class EngineIOProbe: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let url: BackendURL
    private let early: [ByteBuffer]
    private let install: Dialer.Install
    private var done: EventLoopPromise<Void>?
    private var framing = WebSocketFraming(role: .client)
    private var received = ReceiveBuffer()

    /// - Parameters:
    ///   - url: the backend's, for errors.
    ///   - early: packets that were polled before.
    ///   - done: completed when the WebSocket has taken over.
    ///   - install: takes the connection over.
    init(url: BackendURL, early: [ByteBuffer], done: EventLoopPromise<Void>, install: @escaping Dialer.Install) {
        self.url = url
        self.early = early
        self.done = done
        self.install = install
    }

    func handlerAdded(context: ChannelHandlerContext) { self.send("2probe", context) }

    private func send(_ packet: String, _ context: ChannelHandlerContext) {
        var bytes = ByteBuffer()
        WebSocketFraming.frame(.text, payload: ByteBuffer(string: packet), mask: 0x5A17_03C4, into: &bytes)
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.done != nil else { return context.fireChannelRead(data) }
        var bytes = self.received.joined(with: self.unwrapInboundIn(data))
        do throws(WebSocketError) {
            guard let message = try self.framing.next(&bytes) else { return self.received.keep(bytes) }
            guard message.opcode == .text, String(buffer: message.payload) == "3probe" else {
                return self.fail("the server answered the probe otherwise than by 3probe", context)
            }
        } catch {
            return self.fail("the server broke WebSocket during the probe: \(error)", context)
        }
        self.send("5", context)
        self.handOver(bytes, context)
    }

    private func handOver(_ rest: ByteBuffer, _ context: ChannelHandlerContext) {
        guard let done = self.done.take() else { return }
        do {
            try self.install(context.channel, self.early)
        } catch {
            done.fail(DialError(code: .unwanted, message: "\(self.url): not wanted any more: \(error)"))
            context.close(promise: nil)
            return
        }
        if rest.readableBytes > 0 {
            context.fireChannelRead(NIOAny(rest))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        done.succeed(())
    }

    private func fail(_ why: String, _ context: ChannelHandlerContext) {
        self.done.take()?.fail(DialError(code: .badUpgrade, message: "\(self.url): \(why)"))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.done.take()?.fail(
            DialError(code: .closed, message: "\(self.url): the server closed the connection during the probe"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let done = self.done.take() else { return context.fireErrorCaught(error) }
        done.fail(DialError(cause: error, url: self.url))
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension EngineIOProbe: Sendable {}
