import NIOCore
import NIOEmbedded
import Signaling
import Testing

@testable import Backends

/// How a connection over WebSocket ends, on a loop whose time is the test's.
@Suite struct ClosingTests {
    /// An agent of the relay, named and joined, on an embedded channel.
    final class Line: ConnectionOwner {
        let loop = EmbeddedEventLoop()
        let channel: EmbeddedChannel
        let home: ConnectionLoop
        private(set) var connection: Connection
        private(set) var events: [Inbound] = []
        private(set) var endings: [CloseReason] = []
        private(set) var silence: Int64?

        init(options: [String: String] = [:]) throws {
            let url = try BackendURL.parse("ws://127.0.0.1:1/")
            self.home = try ConnectionLoop(
                self.loop, to: Endpoint(BackendSettings(id: "relay", url: url, options: options)), seed: 7)
            self.channel = EmbeddedChannel(loop: self.loop)
            try self.channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            let mute = Mute()
            self.connection = try self.home.connection(overChannelFor: mute).0
            let (connection, handler) = try self.home.connection(overChannelFor: self)
            self.connection = connection
            try self.channel.pipeline.syncOperations.addHandler(handler)
            try self.say(0x1, #"{"op":"welcome","id":"0000000000000001","server":"-"}"#)
            _ = connection.send(.join(room: "r"), at: self.home.now)
            self.home.flush()
            try self.say(0x1, #"{"op":"joined","room":"r"}"#)
            _ = try self.heard()
            self.events = []
        }

        /// The server sends one frame.
        func say(_ opcode: UInt8, _ payload: some Sequence<UInt8>, isFinal: Bool = true) throws {
            try self.channel.writeInbound(
                ByteBuffer(bytes: RawFrame(opcode, Array(payload), isFinal: isFinal).bytes))
        }

        func say(_ opcode: UInt8, _ text: String) throws { try self.say(opcode, text.utf8) }

        /// What the server has heard since the last call.
        func heard() throws -> [WebSocketMessage] {
            var chunks: [ArraySlice<UInt8>] = []
            while let bytes = try self.channel.readOutbound(as: ByteBuffer.self) {
                chunks.append(Array(bytes.readableBytesView)[...])
            }
            return try decode(chunks, role: .server)
        }

        func opened(_ connection: Connection, at now: Instant) {}

        func received(_ event: Inbound, in bytes: ByteBuffer, from connection: Connection, at now: Instant) {
            self.events.append(event)
        }

        func ended(_ connection: Connection, _ ending: ConnectionEnding, at now: Instant) {
            self.endings.append(ending.reason)
            self.silence = ending.silence
        }

        private final class Mute: ConnectionOwner {
            func opened(_ connection: Connection, at now: Instant) {}
            func received(_ event: Inbound, in bytes: ByteBuffer, from connection: Connection, at now: Instant) {}
            func ended(_ connection: Connection, _ ending: ConnectionEnding, at now: Instant) {}
        }
    }

    @Test func `an agent pings as often as it is told to, and its end tells how long nothing was said`() throws {
        for (options, pings, silence) in [(["clientPing": "2s"], 2, 1), ([:], 0, 5)] {
            let line = try Line(options: options)
            line.loop.advanceTime(by: .seconds(5))
            #expect(try line.heard().map(\.opcode) == Array(repeating: .ping, count: pings))
            try line.channel.close().wait()
            line.loop.run()
            #expect(line.endings == [.peerClosed])
            #expect(line.silence == Int64(silence) * 1_000_000_000)
        }
    }

    @Test(arguments: [1000, 1001, 1011, 4000, nil] as [UInt16?])
    func `a Close is answered with a Close of its code, and the server ends the stream`(code: UInt16?) throws {
        let line = try Line()
        try line.say(0x8, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [])
        let answer = try line.heard()
        #expect(answer.map(\.opcode) == [.close])
        #expect(answer.first?.close.code == code ?? 1005)
        line.loop.run()
        #expect(line.endings == [.closed(code: code ?? 1005, reason: "")])
        #expect(line.channel.isActive)
        #expect(line.home.closing == 1)
        try line.channel.close().wait()
        #expect(line.home.closing == 0)
        #expect(line.endings.count == 1)
    }

    @Test func `a connection that is closed says Close and waits one second for the other end`() throws {
        let line = try Line()
        line.connection.close()
        #expect(line.endings.isEmpty)
        #expect(try line.heard().map(\.close.code) == [1000])
        line.loop.run()
        #expect(line.endings == [.requested])
        // What comes now is thrown away, and the answer asks for no other one.
        try line.say(0x1, #"{"op":"message","room":"r","data":{"type":"bye","from":"x"}}"#)
        try line.say(0x8, [0x03, 0xE8])
        #expect(line.events.isEmpty)
        #expect(try line.heard().isEmpty)
        line.loop.advanceTime(by: .milliseconds(999))
        #expect(line.channel.isActive)
        line.loop.advanceTime(by: .milliseconds(1))
        #expect(!line.channel.isActive)
        #expect(line.home.closing == 0)
        #expect(line.endings == [.requested])
    }

    @Test func `what was sent before goes out before the Close`() throws {
        let line = try Line()
        _ = line.connection.send(.send(signal: ByteBuffer(string: "{}"), to: .room, id: 1), at: line.home.now)
        line.connection.close()
        #expect(try line.heard().map(\.opcode) == [.text, .close])
    }

    @Test func `a goodbye that nobody answers is given one second, and no second Close`() throws {
        let line = try Line()
        line.connection.closeGracefully(at: line.home.now)
        line.home.flush()
        #expect(try line.heard().map(\.close.code) == [1000])
        line.loop.advanceTime(by: .seconds(1))
        #expect(!line.channel.isActive)
        #expect(try line.heard().isEmpty)
        #expect(line.endings == [.requested])
    }

    @Test func `a connection that is dropped or frozen says nothing`() throws {
        let dropped = try Line()
        dropped.connection.drop()
        dropped.loop.run()
        #expect(!dropped.channel.isActive)
        #expect(try dropped.heard().isEmpty)
        #expect(dropped.endings == [.requested])
        let frozen = try Line()
        frozen.connection.freeze()
        frozen.connection.close()
        frozen.loop.run()
        #expect(!frozen.channel.isActive)
        #expect(try frozen.heard().isEmpty)
    }

    /// What a server may send, how the connection is failed, and the word for it.
    static let breaches: [(name: String, frames: [(UInt8, [UInt8], Bool)], code: UInt16, word: String)] = [
        (
            "text for somebody else", [(1, Array(#"{"op":"x","a":""#.utf8) + [0xFF] + Array("\"}".utf8), true)], 1007,
            "not UTF-8"
        ),
        ("across fragments", [(1, [0x22, 0xE6], false), (0, [0x97], false), (0, [0x22], true)], 1007, "not UTF-8"),
        ("binary", [(2, Array("{}".utf8), true)], 1003, "a binary message where the protocol has text"),
        (
            "two values", [(1, Array(#"{"op":"left"}{"op":"left"}"#.utf8), true)], 1002,
            "several JSON values in one message"
        ),
        (
            "two lines", [(1, Array("{\"op\":\"left\"}\n{\"op\":\"left\"}\n".utf8), true)], 1002,
            "several JSON values in one message"
        ),
        ("a reserved bit", [(0x41, [65], true)], 1002, "a reserved bit"),
    ]

    @Test(arguments: Self.breaches)
    func `a breach ends the connection with its code, and is named`(
        name: String, frames: [(UInt8, [UInt8], Bool)], code: UInt16, word: String
    ) throws {
        let line = try Line()
        for (opcode, payload, isFinal) in frames { try line.say(opcode, payload, isFinal: isFinal) }
        #expect(try line.heard().map(\.close.code) == [code])
        line.loop.run()
        #expect(line.endings.count == 1)
        guard case .protocolViolation(let detail)? = line.endings.first else {
            Issue.record("\(name): \(line.endings)")
            return
        }
        #expect(detail.contains(word), "\(name): \(detail)")
    }

    @Test func `two messages of ours in one frame are named, and one that only looks so is not`() throws {
        let tag = "0000002a.0001.0003.00.00007.89abcdef"
        for more in ["", #","tag":"\#(tag)""#] {
            let data = #""type":"call","from":"x","sendto":"0000000000000001""# + more
            let message = #"{"op":"message","room":"r","data":{"# + data + "}}"
            let line = try Line()
            try line.say(0x1, #"{"op":"message","room":"r","data":{"# + data + #","a":"}{"}}"#)
            #expect(line.events.count == 1)
            try line.say(0x1, message)
            #expect(line.events.count == 2)
            try line.say(0x1, message + "\n" + message)
            line.loop.run()
            #expect(line.events.count == 2)
            #expect(line.endings.first?.description.contains("several JSON values in one message") == true)
        }
    }
}
