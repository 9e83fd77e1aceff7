import Backends
import Glibc
import NIOCore
import Signaling

/// A scripted agent's end of its channel.
final class ScriptedHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let agent: ScriptedAgent
    private let kind: CarrierFraming
    private var framing: WebSocketFraming?
    private var early: [ByteBuffer]
    private var bytes = ByteBuffer()
    private var stream = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var reason: CloseReason?
    private var isFrozen = false
    private var alarm: Scheduled<Void>?
    /// Whether our side ended the connection.
    var isWanted = false

    init(_ agent: ScriptedAgent, _ kind: CarrierFraming, early: [ByteBuffer]) {
        self.agent = agent
        self.kind = kind
        self.early = early
        self.framing = kind.isWebSocket ? WebSocketFraming(role: .client) : nil
    }

    var isOpen: Bool { self.context?.channel.isActive ?? false && self.reason == nil && !self.isFrozen }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.agent.opened(self)
        self.guarded {
            for message in self.early {
                var payload = message
                try self.agent.take(&payload)
            }
        }
        self.early = []
        self.settle()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.alarm?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.agent.closed(self.reason ?? (self.isWanted ? .requested : .peerClosed))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.reason == nil { self.reason = .transport("\(error)") }
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.isFrozen else { return }
        let piece = self.unwrapInboundIn(data)
        self.agent.tap(piece)
        self.bytes.writeImmutableBuffer(piece)
        self.guarded { try self.drain() }
        self.settle()
    }

    private func drain() throws {
        guard self.framing != nil else { return try self.agent.take(&self.bytes) }
        while self.reason == nil, let message = try self.framing?.next(&self.bytes) {
            switch message.opcode {
            case .text, .binary:
                if self.kind == .webSocketStream {
                    self.stream.writeImmutableBuffer(message.payload)
                    try self.agent.take(&self.stream)
                } else if self.kind == .engineIOPackets, message.opcode == .binary {
                    continue
                } else {
                    var payload = message.payload
                    if self.kind == .engineIOPackets, payload.readableBytesView.first == UInt8(ascii: "2") {
                        self.agent.pinged()
                    }
                    try self.agent.take(&payload)
                }
            case .ping:
                self.agent.pinged()
                self.agent.board.outbox.pong(message.payload)
            case .pong, .continuation: break
            case .close: self.close(message.closeReason)
            }
        }
    }

    private func guarded(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            self.close((error as? DialectError)?.closeReason ?? .protocolViolation("\(error)"))
        }
    }

    /// Writes what waits in the outbox, and sets the alarm for what the dialect is owed.
    func settle() {
        let board = self.agent.board
        if let bytes = board.outbox.takeWire() { self.write(bytes) }
        if let close = board.outbox.takeClose() { self.close(close) }
        self.alarm?.cancel()
        guard let deadline = self.agent.deadline, let loop = self.context?.eventLoop, !self.isFrozen else { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        self.alarm = loop.scheduleTask(in: .nanoseconds(max(0, deadline - board.now))) {
            let handler = bound.value
            handler.guarded {
                if let due = handler.agent.deadline, due <= handler.agent.board.now { try handler.agent.expired() }
            }
            handler.settle()
        }
    }

    func write(_ bytes: ByteBuffer) {
        guard !self.isFrozen, let context else { return }
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
    }

    func close(_ reason: CloseReason = .requested) {
        if self.reason == nil { self.reason = reason }
        self.context?.close(promise: nil)
    }

    func cut(reset: Bool) {
        if self.reason == nil { self.reason = .requested }
        guard let context else { return }
        if reset {
            // Closing with a linger time of zero sends RST (socket(7), SO_LINGER).
            guard let options = context.channel as? any SocketOptionProvider else { return context.close(promise: nil) }
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                .assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        } else {
            context.close(promise: nil)
        }
    }

    func freeze() {
        self.isFrozen = true
        self.alarm?.cancel()
        self.setReading(false)
    }

    func setReading(_ reads: Bool) {
        guard let context else { return }
        context.channel.setOption(.autoRead, value: reads).assumeIsolated().whenComplete { _ in
            if reads { context.read() }
        }
    }

    /// Whether the connection is still there, frozen or not.
    var isAttached: Bool { self.context != nil }

    /// Closes a frozen connection when its case is over.
    func drop() { self.context?.close(promise: nil) }
}

@available(*, unavailable)
extension ScriptedHandler: Sendable {}
