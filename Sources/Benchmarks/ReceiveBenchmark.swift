import Backends
import Fleet
import NIOCore
import NIOEmbedded
import Workload

/// The receive path in memory: framing, dialect, scanner, filter, ledger and histogram of overheard deliveries.
enum ReceiveBenchmark {
    /// Deliveries that one read carries, as they come when a burst coalesces.
    private static let framesPerRead = 16

    /// Messages prepared, however many of them are delivered: what two counts differ by is the delivery alone.
    private static let prepared = 32_000

    /// Delivers `count` candidates for somebody else to one agent.
    static func run(count: Int) throws {
        guard count <= Self.prepared else { throw BenchmarkError("at most \(Self.prepared) deliveries") }
        let loop = EmbeddedEventLoop()
        let configuration = try BenchmarkSetup.configuration(
            agents: 3, url: "ws://127.0.0.1:1/", chatter: 0, steady: 1)
        let probe = ReceiveProbe(loop: loop, configuration: configuration)
        let channels = try (0..<3).map { slot in
            let channel = EmbeddedChannel(loop: loop)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            try channel.pipeline.syncOperations.addHandler(probe.handler(of: slot))
            try channel.writeInbound(Self.frame(#"{"op":"welcome","id":"000000000000000\#(slot)","server":"-"}"#))
            let room = configuration.plan.rooms[0].name
            try channel.writeInbound(Self.frame(#"{"op":"joined","room":"\#(room)"}"#))
            while try channel.readOutbound(as: ByteBuffer.self) != nil {}
            return channel
        }
        var reads: [ByteBuffer] = []
        var framing = WebSocketFraming(role: .server)
        for index in 0..<Self.prepared {
            probe.sendCandidate(from: 0, to: 1)
            guard var sent = try channels[0].readOutbound(as: ByteBuffer.self),
                let message = try framing.next(&sent)
            else { throw BenchmarkError("the sender wrote nothing") }
            if index % Self.framesPerRead == 0 { reads.append(ByteBuffer()) }
            var frame = Self.frame(String(buffer: message.payload))
            reads[reads.count - 1].writeBuffer(&frame)
        }
        for read in reads.prefix(count / Self.framesPerRead) { channels[2].pipeline.fireChannelRead(read) }
        probe.stop()
        guard probe.overheard == UInt64(count) else {
            throw BenchmarkError("\(probe.overheard) of \(count) deliveries were overheard")
        }
        print("\(count) overheard deliveries")
    }

    private static func frame(_ text: String) -> ByteBuffer {
        var bytes = ByteBuffer()
        WebSocketFraming.frame(.text, payload: ByteBuffer(string: text), mask: nil, into: &bytes)
        return bytes
    }
}
