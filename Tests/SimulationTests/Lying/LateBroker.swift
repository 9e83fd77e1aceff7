import Backends
import NIOCore
import Simulation

/// A broker of MQTT 3.1.1 that passes messages on at once and acknowledges them late.
final class LateBroker: ServerLoop {
    private let virtual: VirtualLoop
    /// How late.
    let delay: TimeAmount
    private var wires: [Wire] = []
    /// PUBLISH packets of clients, and to them.
    private(set) var taken = 0
    private(set) var said = 0
    /// Of those taken, the ones that came in the moment of an acknowledgement, which they had waited for.
    private(set) var waited = 0

    init(on loop: VirtualLoop, delay: TimeAmount) {
        self.virtual = loop
        self.delay = delay
    }

    var loop: any EventLoop { self.virtual }
    let counters = ServerCounters()
    var isEmpty: Bool { self.wires.allSatisfy { $0.context == nil } }
    func drain() { self.abandon() }
    func abandon() { for wire in self.wires { wire.context?.close(promise: nil) } }

    func accept(_ channel: any Channel) throws {
        let wire = Wire(self)
        self.wires.append(wire)
        try channel.pipeline.syncOperations.addHandler(wire)
    }

    private func publish(_ packet: [UInt8], from wire: Wire) {
        self.taken += 1
        if wire.acknowledgedAt == self.virtual.now { self.waited += 1 }
        let length = Int(packet[0]) << 8 | Int(packet[1])
        let topic = Array(packet[2..<2 + length])
        let identifier = Array(packet[2 + length..<4 + length])
        for other in self.wires where other.topics.contains(topic) && other.context != nil {
            self.said += 1
            other.pass(topic, Array(packet[(4 + length)...]))
        }
        let bound = NIOLoopBound(wire, eventLoop: self.virtual)
        self.virtual.at(self.virtual.now + self.delay) { bound.value.acknowledge(identifier) }
    }

    private final class Wire: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private unowned let broker: LateBroker
        private(set) var context: ChannelHandlerContext?
        private(set) var topics: Set<[UInt8]> = []
        private(set) var acknowledgedAt = NIODeadline.distantPast
        private var kept: [UInt8] = []
        private var identifier: UInt16 = 0

        init(_ broker: LateBroker) { self.broker = broker }

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }
        func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }
        func channelInactive(context: ChannelHandlerContext) { self.context = nil }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.kept += Array(self.unwrapInboundIn(data).readableBytesView)
            while let (kind, packet) = self.next() {
                switch kind >> 4 {
                case 1: self.write([0x20, 2, 0, 0])
                case 3: self.broker.publish(packet, from: self)
                case 8: self.subscribe(packet)
                case 12: self.write([0xD0, 0])
                case 14: context.close(promise: nil)
                default: break
                }
            }
        }

        /// The next packet without its fixed header.
        private func next() -> (kind: UInt8, packet: [UInt8])? {
            var length = 0
            for place in 1..<5 {
                guard self.kept.count > place else { return nil }
                length |= Int(self.kept[place] & 0x7F) << (7 * (place - 1))
                guard self.kept[place] & 0x80 == 0 else { continue }
                guard self.kept.count > place + length else { return nil }
                let packet = Array(self.kept[(place + 1)..<(place + 1 + length)])
                let kind = self.kept[0]
                self.kept.removeFirst(place + 1 + length)
                return (kind, packet)
            }
            return nil
        }

        private func subscribe(_ packet: [UInt8]) {
            var place = 2
            var granted: [UInt8] = []
            while place + 2 < packet.count {
                let length = Int(packet[place]) << 8 | Int(packet[place + 1])
                self.topics.insert(Array(packet[(place + 2)..<(place + 2 + length)]))
                granted.append(packet[place + 2 + length])
                place += 3 + length
            }
            self.write([0x90, UInt8(2 + granted.count)] + packet[..<2] + granted)
        }

        /// Passes a message on at QoS 1.
        func pass(_ topic: [UInt8], _ payload: [UInt8]) {
            self.identifier = self.identifier == .max ? 1 : self.identifier + 1
            let name = [UInt8(topic.count >> 8), UInt8(topic.count & 0xFF)] + topic
            let body = name + [UInt8(self.identifier >> 8), UInt8(self.identifier & 0xFF)] + payload
            var head: [UInt8] = [0x32]
            var rest = body.count
            repeat {
                head.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
                rest >>= 7
            } while rest > 0
            self.write(head + body)
        }

        func acknowledge(_ identifier: [UInt8]) {
            self.acknowledgedAt = self.broker.virtual.now
            self.write([0x40, 2] + identifier)
        }

        private func write(_ bytes: [UInt8]) {
            guard let context, context.channel.isActive else { return }
            context.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        }
    }
}

@available(*, unavailable)
extension LateBroker: Sendable {}
