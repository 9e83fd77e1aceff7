import NIOCore
import NIOEmbedded
import Signaling
import Testing

@testable import Backends

/// A connection whose messages are compressed, on a loop whose time is the test's.
struct DeflateConnectionTests {
    /// An agent of the relay, and the server's side of its wire.
    final class Line: ConnectionOwner {
        let channel: EmbeddedChannel
        let home: ConnectionLoop
        private(set) var connection: Connection?
        private(set) var events = 0
        private(set) var endings: [CloseReason] = []
        /// Bytes that the server wrote and read.
        private(set) var wrote = 0
        private(set) var read = 0
        private let server: Zlib.Codec

        init() throws {
            let loop = EmbeddedEventLoop()
            let zlib = try #require(Zlib.shared)
            self.server = try #require(Zlib.Codec(zlib, isDeflating: true, windowBits: 15))
            let settings = BackendSettings(
                id: "relay", url: try BackendURL.parse("ws://h/"), options: ["compression": "deflate"])
            self.home = try ConnectionLoop(loop, to: Endpoint(settings), seed: 7)
            self.channel = EmbeddedChannel(loop: loop)
            try self.channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            let frames = try #require(DeflateFrames(DeflateAgreement(), maxMessageBytes: 1 << 16))
            try self.channel.pipeline.syncOperations.addHandler(DeflateHandler(frames))
            let (connection, handler) = try self.home.connection(overChannelFor: self)
            self.connection = connection
            try self.channel.pipeline.syncOperations.addHandler(handler)
        }

        /// The server sends a compressed message, in one piece or byte by byte.
        func say(_ text: String, inBytes: Bool = false) throws {
            var payload: [UInt8] = []
            _ = Array(text.utf8).withUnsafeBytes { self.server.run($0, limit: .max) { payload += $0 } }
            try self.write(RawFrame(0x1, Array(payload.dropLast(4)), reserved: 4).bytes, inBytes: inBytes)
        }

        func write(_ bytes: [UInt8], inBytes: Bool = false) throws {
            self.wrote += bytes.count
            for piece in inBytes ? bytes.map({ [$0] }) : [bytes] {
                try self.channel.writeInbound(ByteBuffer(bytes: piece))
            }
        }

        /// The frames that the server has read since the last time, by their first bytes.
        func heard() throws -> [UInt8] {
            self.home.flush()
            var first: [UInt8] = []
            while let bytes = try self.channel.readOutbound(as: ByteBuffer.self) {
                self.read += bytes.readableBytes
                first += bytes.readableBytesView.first.map { [$0] } ?? []
            }
            return first
        }

        func opened(_ connection: Connection, at now: Instant) {}

        func received(
            _ event: Inbound, in bytes: ByteBuffer, from connection: Connection, at now: Instant
        ) {
            self.events += 1
        }

        func ended(_ connection: Connection, _ ending: ConnectionEnding, at now: Instant) {
            self.endings.append(ending.reason)
        }
    }

    private static let welcome =
        #"{"op":"welcome","id":"0000000000000001","server":"signalbench relay"}"#

    @Test(arguments: [false, true])
    func `what is counted is what was on the wire`(inBytes: Bool) throws {
        let line = try Line()
        let connection = try #require(line.connection)
        try line.say(Self.welcome, inBytes: inBytes)
        #expect(line.events == 1 && line.wrote < Self.welcome.utf8.count + 2)
        #expect(connection.counters.bytesReceived == UInt64(line.wrote))
        // A ping is not compressed, and neither is its answer.
        try line.write([0x89, 0x00], inBytes: inBytes)
        #expect(try line.heard() == [0x8A])
        #expect(
            connection.send(.join(room: String(repeating: "r", count: 200)), at: line.home.now)
                == .written)
        #expect(try line.heard() == [0xC1])
        #expect(line.read < 100)
        #expect(connection.counters.bytesReceived == UInt64(line.wrote))
        #expect(connection.counters.bytesSent == UInt64(line.read))
        #expect(connection.counters.messagesReceived == 2)
    }

    @Test
    func `what cannot be inflated ends the connection, and the Close is not compressed`()
        throws
    {
        let line = try Line()
        try line.say(Self.welcome)
        try line.write(RawFrame(0x1, [0xFF, 0xFF, 0xFF], reserved: 4).bytes)
        #expect(try line.heard() == [0x88])
        line.channel.embeddedEventLoop.run()
        guard case .protocolViolation(let words)? = line.endings.first else {
            Issue.record("\(line.endings)")
            return
        }
        #expect(words.contains("the server sent"), "\(words)")
    }
}

@available(*, unavailable)
extension DeflateConnectionTests.Line: Sendable {}
