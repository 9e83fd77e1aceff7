import Backends
import NIOCore
import NIOPosix
import Signaling
import TestKit
import Testing

@Suite(.enabled(if: Lane.isSerial, "real sockets are left unread, and timeouts pass"), .timeLimit(.minutes(2)))
struct RelayAbuseTests {
    /// A text that is no message, and the error that answers it.
    static let mistakes: [(text: String, code: String)] = [
        ("", "bad-message"),
        ("hello", "bad-message"),
        ("{", "bad-message"),
        ("[]", "bad-message"),
        ("null", "bad-message"),
        (#"{"op":"join","room":"r"} x"#, "bad-message"),
        (#"{"op":"message","room":"r","data":{"a":1}"#, "bad-message"),
        (#"{"op":"message","room":"r","data":{"a":01}}"#, "bad-message"),
        (#"{"op":"message","room":"r","data":{"a":1},}"#, "bad-message"),
        (#"{"op":"message","room":"r","data":}"#, "bad-message"),
        (#"{"op":"message","room":"r","data":{}}}"#, "bad-message"),
        (#"{"op":"message","room":"r","data":"\x"}"#, "bad-message"),
        (#"{"op":"message","room":"r"}"#, "bad-message"),
        (#"{"op":"message","data":{}}"#, "bad-message"),
        (#"{"op":"message","room":7,"data":{}}"#, "bad-message"),
        (#"{"op":"join"}"#, "bad-message"),
        (#"{"op":"join","room":null}"#, "bad-message"),
        (#"{"op":"join","room":["r"]}"#, "bad-message"),
        (#"{"op":"join","room":"\ud800"}"#, "bad-message"),
        (#"{"op":7,"room":"r"}"#, "bad-message"),
        (#"{"op":"dance","room":"r"}"#, "bad-message"),
        (#"{"op":"welcome","id":"x"}"#, "bad-message"),
        (#"{"op":"joined","room":"r"}"#, "bad-message"),
        (#"{"room":"r"}"#, "bad-message"),
        (#"{"op":"join","room":""}"#, "bad-room"),
        (#"{"op":"join","room":"\#(String(repeating: "x", count: 1_025))"}"#, "bad-room"),
        (#"{"op":"leave","room":"elsewhere"}"#, "not-joined"),
        (#"{"op":"message","room":"elsewhere","data":{}}"#, "not-joined"),
        (#"{"op":"message","room":"r","data":\#(String(repeating: "[", count: 10_000))}"#, "bad-message"),
        (
            #"{"op":"message","room":"r","data":\#(String(repeating: "[", count: 200))\#(String(repeating: "]", count: 200))}"#,
            "bad-message"
        ),
    ]

    @Test func `a mistake is answered with an error, and nothing else changes`() async throws {
        try await withRelay { server, group in
            let (a, b) = try await self.pair(server, group)
            for (n, mistake) in Self.mistakes.enumerated() {
                try await a.send(mistake.text)
                let answer = try await a.text()
                #expect(
                    answer.hasPrefix(#"{"op":"error","code":"\#(mistake.code)","message":""#), "\(mistake): \(answer)")
                try await a.send(#"{"op":"message","room":"r","data":\#(n)}"#)
                #expect(try await b.text() == #"{"op":"message","room":"r","data":\#(n)}"#)
            }
            try await a.send(frames: [(.binary, ByteBuffer(string: #"{"op":"leave","room":"r"}"#))])
            #expect(try await a.text().hasPrefix(#"{"op":"error","code":"bad-message""#))
            #expect(await server.counters().refusals == Self.mistakes.count + 1)
        }
    }

    @Test func `a client may be in so many rooms and no more`() async throws {
        try await withRelay {
            $0.maxRooms = 3
        } _: { server, group in
            let client = try await WireClient.connect(server.url, group: group)
            _ = try await client.welcome()
            for room in ["a", "b", "c"] { #expect(try await client.join(room).contains("joined")) }
            #expect(try await client.join("d").hasPrefix(#"{"op":"error","code":"too-many-rooms""#))
            #expect(try await client.join("c").contains("joined"))
        }
    }

    @Test(arguments: WebSocketFramingTests.violations.filter { $0.role == .server })
    func `a breach of RFC 6455 ends only its own connection`(violation: WebSocketFramingTests.Violation) async throws {
        try await withRelay { server, group in
            let (a, b) = try await self.pair(server, group)
            let offender = try await WireClient.connect(server.url, group: group)
            _ = try await offender.welcome()
            _ = try await offender.join("r")
            try await offender.raw(ByteBuffer(bytes: violation.bytes))
            #expect(try await offender.closeFrame() == violation.close)
            #expect(try await offender.next() == .end)
            try await a.send(#"{"op":"message","room":"r","data":1}"#)
            #expect(try await b.text() == #"{"op":"message","room":"r","data":1}"#)
            #expect(await server.counters().framingErrors == 1)
        }
    }

    @Test func `a message over the limit is named before the connection closes`() async throws {
        try await withRelay {
            $0.maxMessageBytes = 10_000
        } _: { server, group in
            let (a, b) = try await self.pair(server, group)
            let frame = #"{"op":"message","room":"r","data":""}"#
            let most =
                #"{"op":"message","room":"r","data":"\#(String(repeating: "x", count: 10_000 - frame.utf8.count))"}"#
            try await a.send(most)
            #expect(try await b.text() == most)
            try await a.send(most + " ")
            #expect(try await a.text().hasPrefix(#"{"op":"error","code":"too-big""#))
            #expect(try await a.closeFrame() == 1009)
        }
    }

    /// What somebody may say who does not speak HTTP, or not this HTTP.
    static let openings: [(said: String, status: String)] = [
        ("\u{0}\u{1}\u{2}garbage\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "426"),
        ("GET /elsewhere HTTP/1.1\r\nHost: x\r\n\r\n", "404"),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "405"),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
            "400"
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "426"
        ),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "y", count: 20_000))\r\n\r\n", "400"),
    ]

    @Test(arguments: Self.openings)
    func `whoever opens wrongly is told in HTTP`(said: String, status: String) async throws {
        try await withRelay { server, group in
            let answer = try await RawTCP.exchange(Array(said.utf8), port: server.port, group: group)
            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 \(status) "), "\(said)")
        }
    }

    @Test func `the example of RFC 6455 section 1_3 is answered as the standard says`() async throws {
        try await withRelay { server, group in
            let said =
                "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            // A close frame glued to the request ends the exchange.
            let close = RawFrame(0x8, [0x03, 0xE8], mask: 5).bytes
            let answer = try await RawTCP.exchange(Array(said.utf8) + close, port: server.port, group: group)
            let text = String(decoding: answer, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 101 "))
            #expect(text.lowercased().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="))
            #expect(text.contains(#"{"op":"welcome","id":""#))
            #expect(answer.suffix(4) == [0x88, 0x02, 0x03, 0xE8])
        }
    }

    @Test func `connections that never speak are closed in time and do not keep others out`() async throws {
        try await withRelay {
            $0.handshakeTimeout = 300_000_000
        } _: { server, group in
            var mutes: [any Channel] = []
            for _ in 0..<200 {
                mutes.append(
                    try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: server.port).get())
            }
            let client = try await WireClient.connect(server.url, group: group)
            _ = try await client.welcome()
            for mute in mutes { try await mute.closeFuture.get() }
            #expect(await server.counters().handshakeTimeouts == 200)
            #expect(try await client.join("r") == #"{"op":"joined","room":"r"}"#)
        }
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `random bytes after the handshake end that connection and nothing else`(seed: UInt64) async throws {
        try await withRelay { server, group in
            let (a, b) = try await self.pair(server, group)
            var generator = SplitMix64(seed: seed)
            for round in 0..<60 {
                let offender = try await WireClient.connect(server.url, group: group)
                var bytes = ByteBuffer()
                for _ in 0..<generator.uniform(below: 2_000) + 1 {
                    bytes.writeInteger(UInt8(truncatingIfNeeded: generator.next()))
                }
                // Some begin well.
                if round % 2 == 0 {
                    var frame = ByteBuffer()
                    WebSocketFraming.frame(
                        .text, payload: ByteBuffer(string: #"{"op":"join","room":"r"}"#), mask: 9, into: &frame)
                    frame.writeBuffer(&bytes)
                    bytes = frame
                }
                try? await offender.raw(bytes)
                try? await offender.close()
            }
            try await a.send(#"{"op":"message","room":"r","data":1}"#)
            #expect(try await b.text() == #"{"op":"message","room":"r","data":1}"#, "seed \(seed)")
            try await eventually("the offenders are gone") { await server.counters().open == 2 }
        }
    }

    private func pair(
        _ server: RunningServer, _ group: any EventLoopGroup
    ) async throws -> (WireClient, WireClient) {
        let a = try await WireClient.connect(server.url, group: group)
        let b = try await WireClient.connect(server.url, group: group)
        for client in [a, b] {
            _ = try await client.welcome()
            _ = try await client.join("r")
        }
        return (a, b)
    }
}
