import Backends
import NIOCore

/// The end of an agent's channel: bytes in, to the cell; framed bytes out.
///
/// One per connection. It holds what a split frame left over and knows whether its connection is still the agent's.
final class AgentHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let cell: LoopCell
    let agent: Agent
    /// The agent's connection number when this one was opened.
    let connection: UInt32
    var framing = WebSocketFraming(role: .client)
    /// What the dialect left over of a stream that WebSocket messages carry.
    var stream = ByteBuffer()
    private var early: [ByteBuffer]
    private var leftover: ByteBuffer?
    private var context: ChannelHandlerContext?
    private var needsFlush = false
    /// Why our side closed it; nil while it is open or when the other side did.
    var closing: CloseReason?

    /// Bytes that may wait in the channel before further sends are refused.
    private static let queueBound = 4 << 20

    /// - Parameters:
    ///   - cell: whose loop the channel lives on.
    ///   - agent: whose connection it is.
    ///   - early: messages of the dialect that came before the carrier was ready.
    init(cell: LoopCell, agent: Agent, early: [ByteBuffer] = []) {
        self.cell = cell
        self.agent = agent
        self.connection = agent.connection
        self.early = early
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard context.channel.isActive else { return }
        self.cell.opened(self)
        for message in self.early { self.cell.receivedMessage(message, by: self) }
        self.early = []
        self.cell.endTick()
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        if var kept = self.leftover {
            self.leftover = nil
            kept.writeBuffer(&bytes)
            bytes = kept
        }
        self.cell.received(&bytes, by: self)
        if bytes.readableBytes > 0, self.closing == nil {
            // A copy of its own, so that the channel's receive buffer is not pinned.
            var kept = context.channel.allocator.buffer(capacity: bytes.readableBytes)
            kept.writeBuffer(&bytes)
            self.leftover = kept
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { self.cell.endTick() }

    func channelInactive(context: ChannelHandlerContext) {
        self.cell.closed(self, self.closing ?? .peerClosed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.closing == nil { self.closing = .transport(String(describing: error)) }
        context.close(promise: nil)
    }

    /// Whether a further message would exceed the queue bound.
    var isFull: Bool {
        guard let context, !context.channel.isWritable else { return false }
        guard let options = context.channel.syncOptions,
            let waiting = try? options.getOption(.bufferedWritableBytes)
        else { return false }
        return waiting > Self.queueBound
    }

    /// Hands framed bytes to the channel; ``flush()`` sends them.
    func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        context.write(self.wrapOutboundOut(bytes), promise: nil)
        if !self.needsFlush {
            self.needsFlush = true
            self.cell.willFlush(self)
        }
    }

    func flush() {
        self.needsFlush = false
        self.context?.flush()
    }

    /// Closes the connection for a reason of ours.
    func close(_ reason: CloseReason) {
        if self.closing == nil { self.closing = reason }
        self.flush()
        self.context?.close(promise: nil)
    }
}

@available(*, unavailable)
extension AgentHandler: Sendable {}
