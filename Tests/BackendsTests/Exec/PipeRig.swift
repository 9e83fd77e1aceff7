import NIOCore
import NIOEmbedded
import Signaling

@testable import Backends

/// Connections over programs that are the test's own.
final class PipeRig {
    let loop: EmbeddedEventLoop
    let home: ConnectionLoop
    private let network: Programs

    init(options: [String: String] = [:]) throws {
        self.loop = EmbeddedEventLoop()
        self.network = Programs(on: self.loop)
        let settings = BackendSettings(
            id: "exec", url: BackendURL(command: "./a.py"), options: options, connectTimeout: 5_000_000_000)
        self.home = try ConnectionLoop(self.loop, to: Endpoint(settings, network: self.network), seed: 3)
    }

    var programs: [Program] { self.network.started.value }

    func member() throws -> Member {
        let member = Member()
        member.connection = try self.home.connect(owner: member)
        self.loop.run()
        return member
    }

    /// The first program says hello and answers its pings.
    func greet() {
        self.programs[0].answersPings = true
        try? self.say(#"{"op":"hello","version":1}"#)
        self.pass(1)
        self.programs[0].answersPings = false
    }

    func say(_ line: String) throws { try self.write(ByteBuffer(string: line + "\n")) }

    func write(_ bytes: ByteBuffer) throws {
        try self.programs[0].channel?.writeInbound(bytes)
        self.loop.run()
    }

    /// Lets time pass, in milliseconds.
    func pass(_ milliseconds: Int64) {
        for _ in 0..<max(1, milliseconds / 10) {
            self.loop.advanceTime(by: .milliseconds(min(10, milliseconds)))
            for program in self.programs { while program.answerPing() { self.loop.run() } }
        }
    }

    /// The lines that the first program was sent, without pings.
    func heard() -> [String] {
        self.programs[0].read()
        defer { self.programs[0].lines = [] }
        return self.programs[0].lines
    }

    final class Program: ChildProgram {
        var lastWords: [String] = []
        var status: String?
        var answersPings = false
        var lines: [String] = []
        private(set) var kills = 0
        private(set) var channel: EmbeddedChannel?
        private var unanswered: [String] = []

        func open(_ handler: any PipeHandler, on loop: any EventLoop) -> EventLoopFuture<Void> {
            guard let loop = loop as? EmbeddedEventLoop else {
                return loop.makeFailedFuture(ChannelError.ioOnClosedChannel)
            }
            let channel = EmbeddedChannel(handler: handler, loop: loop)
            self.channel = channel
            guard let place = try? SocketAddress(unixDomainSocketPath: "/x") else {
                return loop.makeFailedFuture(ChannelError.ioOnClosedChannel)
            }
            return channel.connect(to: place)
        }

        func read() {
            while let bytes = try? self.channel?.readOutbound(as: ByteBuffer.self) {
                for line in String(buffer: bytes).split(separator: "\n").map(String.init) {
                    if line.contains(#""ping""#) {
                        self.unanswered.append(line.replacing("ping", with: "pong"))
                    } else if !line.contains(#""hello""#) {
                        self.lines.append(line)
                    }
                }
            }
        }

        /// - Returns: whether there was one to answer.
        func answerPing() -> Bool {
            self.read()
            guard self.answersPings, !self.unanswered.isEmpty else { return false }
            _ = try? self.channel?.writeInbound(ByteBuffer(string: self.unanswered.removeFirst() + "\n"))
            return true
        }

        func ending() -> String? { self.status }

        func kill() -> String {
            self.kills += 1
            self.status = "signal 9"
            return "signal 9"
        }
    }

    private final class Programs: Network {
        let started: NIOLoopBoundBox<[Program]>

        init(on loop: any EventLoop) { self.started = NIOLoopBoundBox([], eventLoop: loop) }

        func connect(
            host: String, port: Int, timeout: TimeAmount, on loop: any EventLoop
        ) -> EventLoopFuture<any Channel> { loop.makeFailedFuture(ChannelError.ioOnClosedChannel) }

        func spawn(_ command: String) throws(DialError) -> any ChildProgram {
            let program = Program()
            self.started.value.append(program)
            return program
        }
    }

    final class Member: ConnectionOwner {
        var connection: Connection?
        private(set) var events: [Inbound] = []
        private(set) var endings: [CloseReason] = []

        func opened(_ connection: Connection, at now: Instant) {}

        func received(_ event: Inbound, in bytes: ByteBuffer, from connection: Connection, at now: Instant) {
            self.events.append(event)
        }

        func ended(_ connection: Connection, _ ending: ConnectionEnding, at now: Instant) {
            self.endings.append(ending.reason)
        }
    }
}
