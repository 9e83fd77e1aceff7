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
    ///
    /// - Parameters:
    ///   - backend: `mqtt` or `mqtt5`, by TCP at QoS 0, or one of ``ServerScript/ids``.
    ///   - count: at most ``prepared``.
    /// - Throws: ``BenchmarkError`` when the path under test did not do its work.
    static func run(backend: String, count: Int) throws {
        guard count <= Self.prepared else { throw BenchmarkError("at most \(Self.prepared) deliveries") }
        let loop = EmbeddedEventLoop()
        let spoken = ServerScript.of(backend, room: "")
        let configuration = try BenchmarkSetup.configuration(
            backend: backend, options: spoken?.options ?? [:], agents: 3, url: spoken?.url ?? "mqtt://127.0.0.1:1",
            chatter: 0, steady: 1)
        let room = configuration.plan.rooms[0].name
        let script = ServerScript.of(backend, room: room)
        let probe = try ReceiveProbe(loop: loop, configuration: configuration)
        var joining = ""
        let channels = try (0..<3).map { slot in
            let channel = EmbeddedChannel(loop: loop)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            try channel.pipeline.syncOperations.addHandler(try probe.handler(of: slot))
            if let script = ServerScript.of(backend, room: room, slot: slot) {
                joining = try Self.greet(channel, by: script) { probe.passDeadlines(of: slot) }
            } else {
                for bytes in Self.brokerGreeting(backend) {
                    probe.passDeadlines(of: slot)
                    try channel.writeInbound(bytes)
                }
                while try channel.readOutbound(as: ByteBuffer.self) != nil {}
            }
            return channel
        }
        var reads: [ByteBuffer] = []
        var framing = WebSocketFraming(role: .server)
        for index in 0..<Self.prepared {
            probe.sendCandidate(from: 0, to: 1)
            guard var sent = try channels[0].readOutbound(as: ByteBuffer.self) else {
                throw BenchmarkError("the sender wrote nothing")
            }
            // A broker of MQTT passes a PUBLISH of QoS 0 on as it came.
            if let script, script.isWebSocket, let message = try framing.next(&sent) {
                sent = Self.frame(script.deliver(String(buffer: message.payload), joining))
            } else if let script {
                sent = ByteBuffer(string: script.deliver(String(buffer: sent), joining))
            }
            if index % Self.framesPerRead == 0 { reads.append(ByteBuffer()) }
            reads[reads.count - 1].writeBuffer(&sent)
        }
        for read in reads.prefix(count / Self.framesPerRead) { channels[2].pipeline.fireChannelRead(read) }
        probe.stop()
        guard probe.overheard == UInt64(count) else {
            throw BenchmarkError("\(probe.overheard) of \(count) deliveries were overheard")
        }
        print("\(count) overheard deliveries")
    }

    /// Lets a member join, until neither side has anything to say.
    ///
    /// - Returns: what the member said.
    private static func greet(
        _ channel: EmbeddedChannel, by script: ServerScript, pass: () -> Void
    ) throws -> String {
        var all = ""
        var framing = WebSocketFraming(role: .server)
        var due = [""]
        for _ in 0..<16 {
            for answer in due.compactMap(script.answer) {
                try channel.writeInbound(script.isWebSocket ? Self.frame(answer) : ByteBuffer(string: answer))
            }
            pass()
            all += due.joined()
            due = []
            while var said = try channel.readOutbound(as: ByteBuffer.self) {
                guard script.isWebSocket else {
                    due.append(String(buffer: said))
                    continue
                }
                while let message = try framing.next(&said) { due.append(String(buffer: message.payload)) }
            }
        }
        return all
    }

    /// CONNACK and the SUBACK of the first packet identifier.
    private static func brokerGreeting(_ backend: String) -> [ByteBuffer] {
        backend == "mqtt"
            ? [ByteBuffer(bytes: [0x20, 2, 0, 0]), ByteBuffer(bytes: [0x90, 3, 0, 1, 0])]
            : [ByteBuffer(bytes: [0x20, 3, 0, 0, 0]), ByteBuffer(bytes: [0x90, 4, 0, 1, 0, 0])]
    }

    private static func frame(_ text: String) -> ByteBuffer {
        var bytes = ByteBuffer()
        WebSocketFraming.frame(.text, payload: ByteBuffer(string: text), mask: nil, into: &bytes)
        return bytes
    }
}
