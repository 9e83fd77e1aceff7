import Backends
import NIOCore
import Simulation

/// Keeps what a channel reads and what happens to it.
final class Recorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private(set) var reads: [(bytes: [UInt8], time: NIODeadline)] = []
    private(set) var errors: [any Error] = []
    private(set) var writability: [Bool] = []
    private(set) var sawEnd = false
    private(set) var closedAt: NIODeadline?

    var bytes: [UInt8] { self.reads.flatMap(\.bytes) }
    var text: String { String(decoding: self.bytes, as: UTF8.self) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.reads.append((Array(self.unwrapInboundIn(data).readableBytesView), context.eventLoop.now))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { self.sawEnd = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.writability.append(context.channel.isWritable)
    }

    func channelInactive(context: ChannelHandlerContext) { self.closedAt = context.eventLoop.now }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { self.errors.append(error) }
}

/// A server that only takes what it gets.
final class SinkServer: ServerLoop {
    let loop: any EventLoop
    var counters = ServerCounters()
    var isEmpty: Bool { true }
    private(set) var ends: [(channel: any Channel, recorder: Recorder)] = []

    init(_ loop: any EventLoop) { self.loop = loop }

    func accept(_ channel: any Channel) throws {
        let recorder = Recorder()
        try channel.pipeline.syncOperations.addHandler(recorder)
        self.ends.append((channel, recorder))
    }

    func drain() {}

    func abandon() {
        for end in self.ends { end.channel.close(promise: nil) }
    }
}

/// A simulation with a sink and one connection to it.
final class Line {
    let simulation: Simulation
    let sink: SinkServer
    let client: any Channel
    let recorder = Recorder()

    init(_ options: LinkOptions = LinkOptions(), seed: UInt64 = 1, log: LinkLog? = nil) throws {
        self.simulation = Simulation(seed: seed, links: options, log: log)
        self.sink = SinkServer(self.simulation.loop)
        self.simulation.network.listen(at: "sink", self.sink)
        let connected = self.simulation.network.connect(
            host: "sink", port: 1, timeout: .seconds(10), on: self.simulation.loop)
        guard let result = self.simulation.run(until: connected, within: .seconds(20)) else { throw ChannelError.eof }
        self.client = try result.get()
        try self.client.pipeline.syncOperations.addHandler(self.recorder)
    }

    var server: (channel: any Channel, recorder: Recorder) { self.sink.ends[0] }
    var link: SimulatedLink { self.simulation.network.links[0] }
    var now: NIODeadline { self.simulation.loop.now }

    func send(_ count: Int, of byte: UInt8 = 7) {
        self.client.writeAndFlush(ByteBuffer(repeating: byte, count: count), promise: nil)
    }
}

/// A WebSocket client written for these tests alone.
final class RawWebSocket {
    let channel: any Channel
    let recorder = Recorder()
    private var taken = 0

    init(_ simulation: Simulation, path: String = "/") throws {
        let connected = simulation.network.connect(
            host: "server", port: 80, timeout: .seconds(10), on: simulation.loop)
        guard let result = simulation.run(until: connected, within: .seconds(20)) else { throw ChannelError.eof }
        self.channel = try result.get()
        try self.channel.pipeline.syncOperations.addHandler(self.recorder)
        self.write(
            "GET \(path) HTTP/1.1\r\nHost: server\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
    }

    func write(_ text: String) { self.channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

    /// Sends a text message, masked with zeros.
    func send(_ text: String) { self.frame(0x81, Array(text.utf8)) }

    func frame(_ first: UInt8, _ payload: [UInt8]) {
        var bytes = ByteBuffer(bytes: [first])
        if payload.count < 126 {
            bytes.writeBytes([0x80 | UInt8(payload.count)])
        } else {
            bytes.writeBytes([0xFE])
            bytes.writeInteger(UInt16(payload.count))
        }
        bytes.writeBytes([0, 0, 0, 0])
        bytes.writeBytes(payload)
        self.channel.writeAndFlush(bytes, promise: nil)
    }

    /// How often a text stands in what was read.
    func count(_ text: String) -> Int { self.recorder.text.components(separatedBy: text) - 1 }
}

extension String {
    fileprivate func components(separatedBy text: String) -> Int {
        var count = 1
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
