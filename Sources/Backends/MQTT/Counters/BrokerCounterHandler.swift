import NIOCore
import Signaling

/// The connection that reads a broker's counters.
final class BrokerCounterHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var session: MQTTSession
    private var outbox: Outbox
    private var framing: WebSocketFraming?
    private var wire = ByteBuffer()
    private var stream = ByteBuffer()
    /// The newest counts.
    private(set) var reading: BrokerReading?
    /// Publications received so far.
    private(set) var publications: UInt64 = 0

    init(_ settings: BackendSettings, framing: CarrierFraming) {
        var options = MQTTSessionOptions(
            version: settings.id == "mqtt5" ? .v5 : .v311,
            clientID: Array("signalbench-counters-\(UInt64.random(in: 0 ... .max))".utf8))
        options.keepAlive = 0
        options.userName = settings.options["user"].map { Array($0.utf8) }
        options.password = settings.options["password"].map { Array($0.utf8) }
        self.session = MQTTSession(options)
        self.outbox = Outbox(seed: UInt64.random(in: 0 ... .max), framing: framing)
        self.framing = framing.isWebSocket ? WebSocketFraming(role: .client) : nil
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.session.opened(now: self.now, into: &self.outbox)
        self.flush(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.wire.writeImmutableBuffer(self.unwrapInboundIn(data))
        do {
            try self.unframe(context)
            while let event = try self.session.next(&self.stream, now: self.now, into: &self.outbox) {
                self.handle(event)
            }
            self.flush(context)
        } catch {
            context.close(promise: nil)
        }
        self.wire.discardReadBytes()
        self.stream.discardReadBytes()
    }

    private func unframe(_ context: ChannelHandlerContext) throws {
        guard self.framing != nil else {
            self.stream.writeBuffer(&self.wire)
            return
        }
        while let message = try self.framing?.next(&self.wire) {
            switch message.opcode {
            case .text, .binary: self.stream.writeImmutableBuffer(message.payload)
            case .ping: self.outbox.pong(message.payload)
            case .pong, .continuation: break
            case .close: context.close(promise: nil)
            }
        }
    }

    private func handle(_ event: MQTTEvent) {
        switch event {
        case .connected:
            _ = self.session.subscribe(
                [MQTTSubscribe.Filter(topic: BrokerCounters.topic)], now: self.now, into: &self.outbox)
        case .message(let delivery):
            var all = self.stream
            all.moveReaderIndex(to: delivery.payload.lowerBound)
            if let text = all.readString(length: delivery.payload.count), let sent = UInt64(text) {
                self.reading = BrokerReading(sent: sent, own: self.publications)
            }
            self.publications += 1
        case .subscribed, .unsubscribed, .sent, .acked, .refused, .control, .closed: break
        }
    }

    private func flush(_ context: ChannelHandlerContext) {
        if let bytes = self.outbox.takeWire() { context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil) }
    }

    private var now: Instant { Instant(nanoseconds: Int64(NIODeadline.now().uptimeNanoseconds)) }
}

@available(*, unavailable)
extension BrokerCounterHandler: Sendable {}
