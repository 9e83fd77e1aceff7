import Backends
import NIOCore
import NIOPosix
import Signaling
import TestKit
import Testing

/// What a member of the room relay may do to it, and that the others lose nothing by it.
@Suite(.enabled(if: Lane.isSerial, "real sockets are left unread, and timeouts pass"), .timeLimit(.minutes(2)))
struct SocketIOAbuseTests {
    /// A packet for which the session ends, and the close code.
    static let breaches: [(said: String, code: UInt16)] = [
        ("", 1002), ("x", 1002), ("7", 1002), ("0{}", 1002), ("2probe", 1002), ("4", 1002), ("4x", 1002), ("42", 1002),
        ("42{}", 1002), ("42[]", 1002), ("42[7]", 1002), (#"42["a""#, 1002), (#"42["a"] x"#, 1002),
        (#"44{"message":"x"}"#, 1002), (#"451-["a",{"_placeholder":true,"num":0}]"#, 1003), ("461-1[]", 1003),
        ("42" + String(repeating: "[", count: 10_000), 1002),
        ("4299999999999999999999[\"a\"]", 1002),
    ]

    @Test(arguments: Self.breaches)
    func `a breach of the protocol ends only its own session`(said: String, code: UInt16) async throws {
        try await withRelay("socketio") { server, group in
            let (a, b) = try await self.pair(server, group)
            let offender = try await WireClient.socketIO(server.url, group: group).client
            try await offender.send(said)
            #expect(try await offender.closeFrame() == code)
            try await a.send(#"42["message",{"n":1}]"#)
            #expect(try await b.text().hasSuffix(#""n":1}]"#))
        }
    }

    @Test(arguments: WebSocketFramingTests.violations.filter { $0.role == .server })
    func `a breach of RFC 6455 ends only its own connection`(violation: WebSocketFramingTests.Violation) async throws {
        try await withRelay("socketio") { server, group in
            let (a, b) = try await self.pair(server, group)
            let offender = try await WireClient.socketIO(server.url, group: group).client
            try await offender.raw(ByteBuffer(bytes: violation.bytes))
            #expect(try await offender.closeFrame() == violation.close)
            try await a.send(#"42["message",{"n":1}]"#)
            #expect(try await b.text().hasSuffix(#""n":1}]"#))
            #expect(await server.counters().framingErrors == 1)
        }
    }

    @Test func `binary frames are not carried`() async throws {
        try await withRelay("socketio") { server, group in
            let offender = try await WireClient.socketIO(server.url, group: group).client
            try await offender.send(frames: [(.binary, ByteBuffer(bytes: [4, 1, 2]))])
            #expect(try await offender.closeFrame() == 1003)
        }
    }

    /// An event that means nothing, and the error in its acknowledgement.
    static let mistakes: [(event: String, code: String)] = [
        (#"["message"]"#, "badMessage"), (#"["message","a string"]"#, "badMessage"), (#"["message",7]"#, "badMessage"),
        (#"["message",null]"#, "badMessage"), (#"["message",[{}]]"#, "badMessage"),
        (#"["message",{"sendto":["x"]}]"#, "badMessage"), (#"["message",{"sendto":true}]"#, "badMessage"),
        (#"["message",{"sendto":"nobody"}]"#, "unknownTarget"), (#"["message",{"sendto":"r"}]"#, "unknownTarget"),
        (#"["message",{"sendto":"0123456789abcdef"}]"#, "unknownTarget"),
        (#"["enter"]"#, "badRoom"), (#"["enter",""]"#, "badRoom"), (#"["enter",{"room":"r"}]"#, "badRoom"),
        (#"["enter","\#(String(repeating: "x", count: 1_025))"]"#, "badRoom"),
        (#"["__proto__",{}]"#, "unknownEvent"), (#"["constructor"]"#, "unknownEvent"),
    ]

    @Test func `a mistake is answered with an error, and nothing else changes`() async throws {
        try await withRelay("socketio") { server, group in
            let (a, b) = try await self.pair(server, group)
            for (n, mistake) in Self.mistakes.enumerated() {
                #expect(try await a.ask(mistake.event) == #"431[{"error":"\#(mistake.code)"}]"#, "\(mistake.event)")
                try await a.send(#"42["message",{"n":\#(n)}]"#)
                #expect(try await b.text().hasSuffix(#""n":\#(n)}]"#))
            }
            #expect(await server.counters().refusals == Self.mistakes.count)
        }
    }

    @Test func `an event before CONNECT, and an unknown namespace`() async throws {
        try await withRelay("socketio") { server, group in
            let client = try await WireClient.connect(server.url, id: "socketio", group: group)
            _ = try await client.text()
            try await client.send("40/admin,")
            #expect(try await client.text() == #"44/admin,{"message":"Invalid namespace"}"#)
            try await client.send(#"42["enter","r"]"#)
            #expect(try await client.closeFrame() == 1002)
        }
    }

    @Test func `keys of JavaScript's prototypes are data like any other`() async throws {
        try await withRelay("socketio") { server, group in
            let (a, b) = try await self.pair(server, group)
            let signal = #""__proto__":{"isAdmin":true},"constructor":{"prototype":{}},"toString":1}]"#
            try await a.send(#"42["message",{"# + signal)
            #expect(try await b.text().hasSuffix(signal))
            let c = try await WireClient.socketIO(server.url, in: "__proto__", group: group).client
            try await c.send(#"42["message",{"n":1}]"#)
            #expect(try await c.ask(#"["message",{}]"#) == "431[true]")
        }
    }

    @Test func `an event of ten megabytes ends its session and nobody else's`() async throws {
        try await withRelay("socketio") { server, group in
            let (a, b) = try await self.pair(server, group)
            let offender = try await WireClient.socketIO(server.url, in: "r", group: group).client
            let event = #"42["message",{"x":""# + String(repeating: "x", count: 10 << 20) + #""}]"#
            async let sent: Void? = try? offender.send(event)
            #expect(try await offender.closeFrame() == 1009)
            await sent
            #expect(try await a.text().hasPrefix(#"42["user disconnected","#))
            #expect(try await b.text().hasPrefix(#"42["user disconnected","#))
            try await a.send(#"42["message",{"n":1}]"#)
            #expect(try await b.text().hasSuffix(#""n":1}]"#))
        }
    }

    @Test func `a member that does not read is disconnected, and the others lose nothing`() async throws {
        try await withRelay("socketio") {
            $0.memberQueueBytes = 256 << 10
        } _: { server, group in
            let (a, b) = try await self.pair(server, group)
            let slow = try await WireClient.socketIO(server.url, in: "r", group: group).client
            try await slow.channel.setOption(.autoRead, value: false).get()
            let pad = String(repeating: "x", count: 50_000)
            let sending = Task {
                for n in 0..<400 {
                    try await a.send(#"42["message",{"pad":"\#(pad)","n":\#(n)}]"#)
                    try await Task.sleep(nanoseconds: 5_000_000)
                }
            }
            var numbers: [Int] = []
            while numbers.count < 400 {
                let text = try await b.text()
                guard text.hasPrefix(#"42["message","#) else { continue }
                numbers.append(Int(text.suffix(6).filter(\.isNumber)) ?? -1)
            }
            try await sending.value
            #expect(numbers == Array(0..<400))
            #expect(await server.counters().evicted == 1)
            try await slow.channel.setOption(.autoRead, value: true).get()
        }
    }

    @Test func `a signal for a whole room is framed once`() async throws {
        try await withRelay("socketio") { server, group in
            var members: [WireClient] = []
            for _ in 0..<10 {
                members.append(try await WireClient.socketIO(server.url, in: "r", group: group).client)
            }
            for n in 0..<20 { try await members[n % 10].send(#"42["message",{"n":\#(n)}]"#) }
            try await eventually("all are delivered") { await server.counters().deliveries == 180 }
            let counters = await server.counters()
            #expect(counters.messages == 20)
            #expect(counters.framesEncoded == 20)
        }
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `random bytes after the handshake end that session and nothing else`(seed: UInt64) async throws {
        try await withRelay("socketio") { server, group in
            let (a, b) = try await self.pair(server, group)
            var generator = SplitMix64(seed: seed)
            let alphabet = Array(#"0123456/,[]{}":-message enter sendto"#.utf8) + [0, 0xFF, 0xC3, 0x5C]
            for round in 0..<60 {
                let offender = try await WireClient.socketIO(server.url, group: group).client
                let length = generator.uniform(below: 200) + 1
                let noise = (0..<length).map { _ in alphabet[generator.uniform(below: alphabet.count)] }
                // Half of them in frames that are sound, so that they reach the packets' code.
                if round % 2 == 0 {
                    try? await offender.send(frames: [(.text, ByteBuffer(bytes: Array("42".utf8) + noise))])
                } else {
                    try? await offender.raw(ByteBuffer(bytes: noise))
                }
                try? await offender.close()
            }
            try await a.send(#"42["message",{"n":1}]"#)
            #expect(try await b.text().hasSuffix(#""n":1}]"#), "seed \(seed)")
            try await eventually("the offenders are gone") { await server.counters().open == 2 }
        }
    }

    private func pair(
        _ server: RunningServer, _ group: any EventLoopGroup
    ) async throws -> (WireClient, WireClient) {
        let a = try await WireClient.socketIO(server.url, in: "r", group: group).client
        let b = try await WireClient.socketIO(server.url, in: "r", group: group).client
        return (a, b)
    }
}
