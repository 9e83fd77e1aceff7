import NIOCore

/// The server's end of one WebSocket that carries Engine.IO packets.
final class EngineIOSocket: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Taking packets. Next: closing, closed.
        case open
        /// A close frame is out. Next: closed.
        case closing
        /// Gone.
        case closed
    }

    private let hub: EngineIOHub
    private let request: HTTPRequest
    private let version: EngineIOPlan.Version
    /// The session that it wants to take over; nil when it opens one.
    private var session: EngineIOSession?
    private let isProbe: Bool
    private var phase = Phase.open
    private var framing: WebSocketFraming
    private var received = ReceiveBuffer()
    private var context: ChannelHandlerContext?

    /// - Parameters:
    ///   - hub: the server's.
    ///   - request: the request that was upgraded.
    ///   - version: the revision that it speaks.
    ///   - session: the polling session to take over; nil to open a new one.
    init(hub: EngineIOHub, request: HTTPRequest, version: EngineIOPlan.Version, session: EngineIOSession?) {
        self.hub = hub
        self.request = request
        self.version = version
        self.session = session
        self.isProbe = session != nil
        self.framing = WebSocketFraming(role: .server, maxMessageBytes: hub.options.maxMessageBytes)
    }

    private var isOpen: Bool {
        if case .open = self.phase { return true }
        return false
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.hub.began(context.channel)
        if let session {
            if !session.probed(by: self) { self.close(code: 1002, reason: "this session has its WebSocket already") }
        } else {
            self.session = self.hub.open(self.request, version: self.version, socket: self)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end(context)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end(context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.isOpen else { return }
        var bytes = self.received.joined(with: self.unwrapInboundIn(data))
        do throws(WebSocketError) {
            while self.isOpen, let message = try self.framing.next(&bytes) { self.handle(message) }
        } catch {
            self.hub.counters.framingErrors += 1
            self.close(code: error.closeCode, reason: error.description)
        }
        if self.isOpen { self.received.keep(bytes) }
    }

    private func handle(_ message: WebSocketMessage) {
        switch message.opcode {
        case .text:
            if self.isProbe, self.session?.isProbed(by: self) == true {
                self.session?.probe(self, said: message.payload)
            } else {
                self.session?.received(message.payload)
            }
        case .binary:
            self.close(code: 1003, reason: "binary packets are not carried")
        case .ping:
            var frame = ByteBufferAllocator().buffer(capacity: 2 + message.payload.readableBytes)
            WebSocketFraming.frame(.pong, payload: message.payload, into: &frame)
            _ = self.write(frame)
            self.flush()
        case .close:
            // Its code comes back, or none where it had none (RFC 6455 §5.5.1).
            let code = message.close.code
            self.close(code: code == 1005 ? nil : code, reason: "")
        case .pong, .continuation: break
        }
    }

    /// Hands a frame to the channel.
    ///
    /// - Returns: false when too much waits for the client already.
    func write(_ frame: ByteBuffer) -> Bool {
        guard self.isOpen, let context else { return true }
        if !context.channel.isWritable {
            context.flush()
            let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
            guard waiting + frame.readableBytes <= self.hub.options.memberQueueBytes else { return false }
        }
        context.write(self.wrapOutboundOut(frame), promise: nil)
        return true
    }

    func flush() { self.context?.flush() }

    /// Sends a close frame and ends the stream behind it (RFC 6455 §7.1.1).
    func close(code: UInt16?, reason: String) {
        guard self.isOpen, let context else { return }
        self.phase = .closing
        var frame = ByteBufferAllocator().buffer(capacity: 127)
        WebSocketFraming.frame(.close, payload: WebSocketFraming.closePayload(code: code, reason: reason), into: &frame)
        context.writeAndFlush(self.wrapOutboundOut(frame), promise: nil)
        context.close(mode: .output, promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .nanoseconds(self.hub.options.closeTimeout)) {
            bound.value.close(promise: nil)
        }
        self.session?.socketClosed(self)
    }

    private func end(_ context: ChannelHandlerContext) {
        if case .closed = self.phase { return }
        self.phase = .closed
        self.hub.ended(context.channel)
        self.session?.socketClosed(self)
        self.session = nil
    }
}

@available(*, unavailable)
extension EngineIOSocket: Sendable {}
