import NIOCore
package import NIOPosix
import Signaling

/// Follows a broker's own counters through a run, over a connection of its own.
package struct BrokerCounters: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<BrokerCounterHandler>

    /// The topic whose payload is the number of PUBLISH packets sent.
    package static let sent = "$SYS/broker/publish/messages/sent"
    /// The topics whose payloads are how many clients there are, and how many there were at the most.
    package static let clients = ["$SYS/broker/clients/connected", "$SYS/broker/clients/maximum"]

    /// Connects to the broker of a run and asks for its counters.
    ///
    /// - Parameters:
    ///   - settings: the run's backend; one that is no MQTT broker has no such counters.
    ///   - group: where the connection lives.
    ///   - seed: of its identifier, which no other client of the broker may have.
    ///   - topic: where the broker says what is wanted, as a number.
    /// - Returns: nil when the backend is no MQTT broker or cannot be reached.
    package static func watch(
        _ settings: BackendSettings, on group: MultiThreadedEventLoopGroup, seed: UInt64, topic: String = Self.sent
    ) async -> BrokerCounters? {
        let settings = settings.account(0)
        guard settings.wire.isMQTT, let endpoint = try? Endpoint(settings) else { return nil }
        let loop = group.next()
        let made = try? await loop.submit {
            NIOLoopBound(
                BrokerCounterHandler(settings, framing: endpoint.carrier.framing, seed: seed, topic: topic),
                eventLoop: loop)
        }.get()
        guard let handler = made else { return nil }
        let dialed = Dialer.dial(endpoint, on: loop) { channel, _ in
            try channel.pipeline.syncOperations.addHandler(handler.value)
        }
        guard let channel = try? await dialed.get() else { return nil }
        return BrokerCounters(channel: channel, handler: handler)
    }

    /// The newest counts; nil before the broker has published any.
    package func reading() async -> BrokerReading? {
        let handler = self.handler
        return try? await self.channel.eventLoop.submit { handler.value.reading }.get()
    }

    /// How often the broker has published its counts.
    package func publications() async -> UInt64 {
        let handler = self.handler
        return (try? await self.channel.eventLoop.submit { handler.value.publications }.get()) ?? 0
    }

    /// Ends the connection.
    package func stop() async { try? await self.channel.close().get() }
}

/// What a broker says of itself at one moment, by its `$SYS` topics.
///
/// Mosquitto publishes them every `sys_interval` seconds (mosquitto(8), Broker Status).
package struct BrokerReading: Equatable, Sendable {
    /// PUBLISH packets that the broker has sent to clients since it started, or what else its topic counts.
    package var sent: UInt64
    /// `$SYS` publications that the reader itself had been sent before the count was taken.
    package var own: UInt64

    package init(sent: UInt64, own: UInt64) {
        self.sent = sent
        self.own = own
    }

    /// PUBLISH packets sent to others than the reader since an earlier reading.
    package func deliveries(since earlier: BrokerReading) -> Int64 {
        Int64(self.sent) - Int64(earlier.sent) - (Int64(self.own) - Int64(earlier.own))
    }
}

/// The connection that reads a broker's counters.
final class BrokerCounterHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var session: MQTTSession
    private var outbox: Outbox
    private var framing: WebSocketFraming?
    private var wire = ByteBuffer()
    private var stream = ByteBuffer()
    /// When the last bytes were read.
    private var now = Instant(nanoseconds: 0)
    /// The newest counts.
    private(set) var reading: BrokerReading?
    /// Publications received so far.
    private(set) var publications: UInt64 = 0
    private let topic: [UInt8]

    init(_ settings: BackendSettings, framing: CarrierFraming, seed: UInt64, topic: String) {
        self.topic = Array(topic.utf8)
        var options = MQTTSessionOptions(
            version: settings.wire == .mqtt5 ? .v5 : .v311,
            clientID: Array("signalbench-counters-\(seed)".utf8))
        options.keepAlive = 0
        options.userName = settings.options["user"].map { Array($0.utf8) }
        options.password = settings.options["password"].map { Array($0.utf8) }
        self.session = MQTTSession(options)
        self.outbox = Outbox(seed: seed, framing: framing)
        self.framing = framing.isWebSocket ? WebSocketFraming(role: .client) : nil
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.readClock(context)
        self.session.opened(now: self.now, into: &self.outbox)
        self.flush(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.readClock(context)
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
                [MQTTSubscribe.Filter(topic: self.topic)], now: self.now, into: &self.outbox)
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

    private func readClock(_ context: ChannelHandlerContext) {
        self.now = Instant(nanoseconds: Int64(context.eventLoop.now.uptimeNanoseconds))
    }
}

@available(*, unavailable)
extension BrokerCounterHandler: Sendable {}
