import Glibc
import NIOCore

/// A byte channel as a transport: TCP, TLS, a simulated link; the last handler of its pipeline.
final class ChannelTransport: ChannelInboundHandler, Transport {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: Connection
    private var early: [ByteBuffer]
    private var context: ChannelHandlerContext?
    private var failure: CloseReason?
    /// What compresses below; nil where nothing does.
    private var deflate: DeflateHandler?

    /// - Parameters:
    ///   - connection: whose bytes it carries.
    ///   - early: messages of the dialect that came before the carrier was ready.
    init(_ connection: Connection, early: [ByteBuffer] = []) {
        self.connection = connection
        self.early = early
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if self.connection.home.endpoint.reach.compression == .deflate {
            self.deflate = try? context.pipeline.syncOperations.handler(type: DeflateHandler.self)
        }
        guard context.channel.isActive else { return }
        let early = self.early
        self.early = []
        self.connection.opened(self, early: early)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.unwrapInboundIn(data)
        guard let deflate else { return self.connection.received(bytes) }
        self.connection.received(bytes, onWire: bytes.readableBytes - deflate.takeInflated())
    }

    func channelReadComplete(context: ChannelHandlerContext) { self.connection.endOfRead() }

    func channelInactive(context: ChannelHandlerContext) {
        self.connection.ended(self.failure ?? .peerClosed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Of what compresses below.
        if error is WebSocketError {
            self.connection.fail(error)
            return self.connection.endOfRead()
        }
        let url = self.connection.home.endpoint.settings.url
        if self.failure == nil { self.failure = .transport(DialError.words(of: error, url)) }
        context.close(promise: nil)
    }

    // MARK: Transport

    func write(_ outbox: inout Outbox) {
        guard let bytes = outbox.takeWire(), let context else { return }
        context.write(self.wrapOutboundOut(bytes), promise: nil)
        if let deflate { self.connection.sent(onWire: -deflate.takeDeflated()) }
    }

    func flush() { self.context?.flush() }

    func close() { self.context?.close(promise: nil) }

    func reset() {
        guard let context, let options = context.channel as? any SocketOptionProvider else { return self.close() }
        // Closing with a linger time of zero sends RST (socket(7), SO_LINGER).
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            .assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }

    func setReading(_ isReading: Bool) {
        guard let context else { return }
        context.channel.setOption(.autoRead, value: isReading)
            .assumeIsolated().whenComplete { _ in if isReading { context.read() } }
    }

    var carriesFrames: Bool { true }

    var pendingBytes: Int {
        guard let context, !context.channel.isWritable else { return 0 }
        return (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

@available(*, unavailable)
extension ChannelTransport: Sendable {}
