import Backends
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// The bare client of the loopback benchmark: joins a room and counts frames, and does nothing else with them.
///
/// It runs as a process of its own, so that its processor time is its own. It prints one line when all its members are
/// in, and one with `frames seconds` when its input ends.
enum FrameCounter {
    /// Runs until standard input ends.
    ///
    /// - Parameter arguments: URL, room, members.
    /// - Throws: when a connection cannot be made.
    static func run(arguments: [String]) async throws {
        guard arguments.count == 3, let members = Int(arguments[2]) else {
            throw BenchmarkError("count URL ROOM MEMBERS")
        }
        let settings = BackendSettings(id: "relay", url: try BackendURL.parse(arguments[0]))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let tally = Tally()
        for _ in 0..<members {
            let room = arguments[1]
            _ = try await Dialer.dial(Endpoint(settings), on: loop) { channel, _ in
                try channel.pipeline.syncOperations.addHandler(Handler(room: room, tally: tally))
            }.get()
        }
        while tally.joined.load(ordering: .relaxed) < members { try await Task.sleep(for: .milliseconds(10)) }
        let before = try await loop.submit { Self.threadSeconds() }.get()
        let framesBefore = tally.frames.load(ordering: .relaxed)
        Self.say("ready")
        _ = readLine()
        let after = try await loop.submit { Self.threadSeconds() }.get()
        Self.say("\(tally.frames.load(ordering: .relaxed) - framesBefore) \(after - before)")
        try await group.shutdownGracefully()
    }

    /// Writes a line past the buffer of standard output, which a pipe would hold back.
    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(1, bytes, bytes.count)
    }

    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// What the handlers of the one loop add up; read from outside it.
    private final class Tally: Sendable {
        let frames = Atomic<Int>(0)
        let joined = Atomic<Int>(0)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let room: String
        private let tally: Tally
        private var framing = WebSocketFraming(role: .client)
        private var leftover = ByteBuffer()
        private var seen = 0

        init(room: String, tally: Tally) {
            self.room = room
            self.tally = tally
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = self.unwrapInboundIn(data)
            if self.leftover.readableBytes > 0 {
                self.leftover.writeBuffer(&bytes)
                bytes = self.leftover
                self.leftover = ByteBuffer()
            }
            var frames = 0
            while let message = try? self.framing.next(&bytes) {
                frames += 1
                if self.seen < 2 { self.greet(context, message.payload) }
            }
            if bytes.readableBytes > 0 { self.leftover.writeBuffer(&bytes) }
            self.tally.frames.add(frames, ordering: .relaxed)
        }

        /// The first message is `welcome`, which is answered by `join`; the second is `joined`.
        private func greet(_ context: ChannelHandlerContext, _ payload: ByteBuffer) {
            self.seen += 1
            if self.seen == 2 {
                self.tally.joined.add(1, ordering: .relaxed)
                return
            }
            var bytes = ByteBuffer()
            let join = ByteBuffer(string: #"{"op":"join","room":"\#(self.room)"}"#)
            WebSocketFraming.frame(.text, payload: join, mask: 0x1234_5678, into: &bytes)
            context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
        }
    }
}
