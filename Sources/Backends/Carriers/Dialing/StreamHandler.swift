import NIOCore
import NIOTLS

/// Waits until a new connection may carry bytes, hands it to its owner and goes.
///
/// Without TLS that is at once; with it, when the handshake is done (RFC 8446 §4).
final class StreamHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let url: BackendURL
    private let isSecure: Bool
    private let deadline: NIODeadline
    private var opened: EventLoopPromise<Void>?
    private let install: Dialer.Install
    private var timeout: Scheduled<Void>?

    init(
        url: BackendURL, isSecure: Bool, deadline: NIODeadline, opened: EventLoopPromise<Void>,
        install: @escaping Dialer.Install
    ) {
        self.url = url
        self.isSecure = isSecure
        self.deadline = deadline
        self.opened = opened
        self.install = install
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        self.timeout = context.eventLoop.scheduleTask(deadline: self.deadline) {
            let (handler, context) = bound.value
            let error = DialError(code: .timeout, message: "\(handler.url): no answer to the TLS handshake")
            handler.fail(error, context)
        }
        if context.channel.isActive, !self.isSecure { self.handOver(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        if !self.isSecure { self.handOver(context) }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event { self.handOver(context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func handOver(_ context: ChannelHandlerContext) {
        guard let opened = self.opened.take() else { return }
        self.timeout?.cancel()
        do {
            try self.install(context.channel, [])
        } catch {
            opened.fail(DialError(code: .unwanted, message: "\(self.url): not wanted any more: \(error)"))
            context.close(promise: nil)
            return
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        opened.succeed(())
    }

    private func fail(_ error: DialError, _ context: ChannelHandlerContext) {
        guard let opened = self.opened.take() else { return }
        self.timeout?.cancel()
        opened.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let message = "\(self.url): the server closed the connection during the handshake"
        self.fail(DialError(code: .closed, message: message), context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard self.opened != nil else { return context.fireErrorCaught(error) }
        self.fail(DialError(cause: error, url: self.url), context)
    }
}

@available(*, unavailable)
extension StreamHandler: Sendable {}
