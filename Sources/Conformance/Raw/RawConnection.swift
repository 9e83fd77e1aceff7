import Backends
import NIOCore
import NIOPosix

/// A TCP connection to a backend with nothing above it, for what no dialect would say.
///
/// Confined to the case's event loop.
final class RawConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private(set) var received: [UInt8] = []
    private(set) var isClosed = false
    /// Whether what is sought has come.
    private(set) var hasFound = false
    private var sought: [UInt8] = []
    private var context: ChannelHandlerContext?

    /// Bytes that are kept at most.
    private static let bound = 4 << 20

    /// Opens one.
    ///
    /// - Throws: whatever the operating system says.
    static func open(_ url: BackendURL, on loop: any EventLoop) async throws -> NIOLoopBound<RawConnection> {
        let bound = try await loop.submit { NIOLoopBound(RawConnection(), eventLoop: loop) }.get()
        _ = try await ClientBootstrap(group: loop)
            .connectTimeout(.seconds(5))
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .connect(host: url.host, port: url.port).get()
        return bound
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.unwrapInboundIn(data)
        if self.received.count < Self.bound { self.received.append(contentsOf: bytes.readableBytesView) }
        if !self.sought.isEmpty { self.seekOn() }
    }

    /// Forgets what came, and from now on looks for a text in a stream that may be too long to be kept.
    func seek(_ text: String) {
        self.received = []
        self.sought = Array(text.utf8)
        self.hasFound = false
    }

    private func seekOn() {
        if self.received.firstRange(of: self.sought) != nil { self.hasFound = true }
        // The text may be cut between two reads.
        self.received.removeFirst(max(0, self.received.count - self.sought.count + 1))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.isClosed = true
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func write(_ bytes: [UInt8]) {
        self.context?.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    func write(_ text: String) { self.write(Array(text.utf8)) }

    func close() { self.context?.close(promise: nil) }

    func contains(_ text: String) -> Bool { self.received.firstRange(of: Array(text.utf8)) != nil }

    func clear() { self.received = [] }
}

@available(*, unavailable)
extension RawConnection: Sendable {}
