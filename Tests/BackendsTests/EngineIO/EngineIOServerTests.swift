import Backends
import NIOCore
import NIOPosix
import TestKit
import Testing

/// The embedded Engine.IO server at its HTTP side, with `socketio` on top.
@Suite(.enabled(if: Lane.isSerial, "its requests come over loopback, and its timeouts pass"), .timeLimit(.minutes(2)))
struct EngineIOServerTests {
    /// A request, and how it is refused.
    struct Row: Sendable {
        var method = "GET"
        var target: String
        var status = 400
        var body: String
    }

    static let refusals: [Row] = [
        Row(
            target: "/socket.io/?EIO=1&transport=polling", body: #"{"code":5,"message":"Unsupported protocol version"}"#
        ),
        Row(
            target: "/socket.io/?EIO=x&transport=polling", body: #"{"code":5,"message":"Unsupported protocol version"}"#
        ),
        Row(
            target: "/socket.io/?EIO=99999999999999999999&transport=polling",
            body: #"{"code":5,"message":"Unsupported protocol version"}"#),
        Row(target: "/socket.io/?EIO=4", body: #"{"code":0,"message":"Transport unknown"}"#),
        Row(target: "/socket.io/?EIO=4&transport=tcp", body: #"{"code":0,"message":"Transport unknown"}"#),
        Row(target: "/socket.io/?EIO=4&transport=polling&sid=abc", body: #"{"code":1,"message":"Session ID unknown"}"#),
        Row(target: "/socket.io/?EIO=3&transport=websocket&sid=", body: #"{"code":1,"message":"Session ID unknown"}"#),
        Row(
            method: "POST", target: "/socket.io/?EIO=4&transport=polling&sid=abc",
            body: #"{"code":1,"message":"Session ID unknown"}"#),
        Row(
            method: "POST", target: "/socket.io/?EIO=4&transport=polling",
            body: #"{"code":2,"message":"Bad handshake method"}"#),
        Row(target: "/socket.io/?EIO=4&transport=websocket", body: #"{"code":3,"message":"Bad request"}"#),
        Row(target: "/elsewhere?EIO=4&transport=polling", status: 404, body: "nothing here at /elsewhere\n"),
    ]

    @Test(arguments: Self.refusals)
    func `a wrong request is refused as the reference server refuses it`(row: Row) async throws {
        try await withRelay("socketio") { server, group in
            let answer = try await HTTPExchange.run(row.method, row.target, port: server.port, group: group)
            #expect(answer.status == row.status)
            #expect(answer.body == row.body)
            #expect(await server.counters().accepted == 0)
        }
    }

    @Test func `a whole session can be polled in revision 4`() async throws {
        try await withRelay("socketio") { server, group in
            let peer = try await WireClient.socketIO(server.url, in: "r", group: group).client
            let poll = try await PollingSession.open("EIO=4", port: server.port, group: group)
            #expect(poll.greeting.hasPrefix(#"0{"sid":""#))
            #expect(poll.greeting.contains(#""upgrades":["websocket"]"#))
            #expect(poll.greeting.contains(#""maxPayload":1048576"#))
            #expect(try await poll.post("40").body == "ok")
            #expect(try await poll.get().body.hasPrefix(#"40{"sid":""#))
            #expect(
                try await poll.post("420[\"enter\",\"r\"]\u{1E}42[\"message\",{\"a\":\"\u{1F600}\"}]").status == 200)
            #expect(try await poll.get().body == "430[true]")
            #expect(try await peer.text().hasSuffix("\"a\":\"\u{1F600}\"}]"))
            // A poll that finds nothing waits for what comes next.
            async let waiting = poll.get()
            try await peer.send(#"42["message",{"b":1}]"#)
            #expect(try await waiting.body.hasSuffix(#""b":1}]"#))
            #expect(try await poll.post("1").status == 200)
            #expect(try await peer.text().hasPrefix(#"42["user disconnected",{"id":""#))
            #expect(try await poll.get().status == 400)
        }
    }

    @Test func `a whole session can be polled in revision 3`() async throws {
        try await withRelay("socketio") { server, group in
            let poll = try await PollingSession.open("EIO=3&b64=1", port: server.port, group: group)
            // The server connects everybody unasked, and so much is one payload.
            #expect(poll.greeting.hasSuffix("2:40"))
            #expect(try await poll.post("19:420[\"enter\",\"r \u{1F600}\"]").status == 200)
            #expect(try await poll.get().body == "9:430[true]")
            // Here the client pings, and what it says comes back.
            #expect(try await poll.post("6:2probe").status == 200)
            #expect(try await poll.get().body == "6:3probe")
        }
    }

    @Test(arguments: ["EIO=4", "EIO=3&b64=1"])
    func `two polls at a time end the session`(query: String) async throws {
        try await withRelay("socketio") { server, group in
            let poll = try await PollingSession.open(query, port: server.port, group: group)
            async let first = poll.get()
            async let second = poll.get()
            let answers = try await [first, second].sorted { $0.status < $1.status }
            #expect(answers.map(\.status) == [200, 400])
            #expect(answers[0].body == (query == "EIO=4" ? "1" : "1:1"))
            #expect(answers[1].body == #"{"code":3,"message":"Bad request"}"#)
            #expect(try await poll.get().body == #"{"code":1,"message":"Session ID unknown"}"#)
            #expect(await server.counters().open == 0)
        }
    }

    @Test(arguments: ["EIO=4", "EIO=3&b64=1"])
    func `a poll that waits gets a noop when its client closes`(query: String) async throws {
        try await withRelay("socketio") { server, group in
            // Which of the two requests comes first is not ours to say; mostly it is the poll.
            try await eventually("the poll came before the close") {
                let poll = try await PollingSession.open(query, port: server.port, group: group)
                async let waiting = poll.get()
                _ = try await poll.post(query == "EIO=4" ? "3" : "1:3")
                #expect(try await poll.post(query == "EIO=4" ? "1" : "1:1").body == "ok")
                return try await waiting.body == (query == "EIO=4" ? "6" : "1:6")
            }
            #expect(await server.counters().open == 0)
        }
    }

    @Test func `two posts at a time end the session`() async throws {
        try await withRelay("socketio") { server, group in
            let poll = try await PollingSession.open("EIO=4", port: server.port, group: group)
            #expect(try await poll.post("40").status == 200)
            let slow = try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: server.port).get()
            let head = "POST \(poll.target) HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n40"
            try await slow.writeAndFlush(ByteBuffer(string: head))
            // Until the server has read that head, one post after another is in order.
            try await eventually("a post beside it is refused") { try await poll.post("3").status == 400 }
            #expect(await server.counters().open == 0)
            #expect(try await poll.post("3").body == #"{"code":1,"message":"Session ID unknown"}"#)
            try await slow.close()
        }
    }

    @Test(arguments: ["", "x", "bAQID", "4\u{1E}", "\u{1E}"])
    func `a payload that is none ends its session`(payload: String) async throws {
        try await withRelay("socketio") { server, group in
            let poll = try await PollingSession.open("EIO=4", port: server.port, group: group)
            _ = try await poll.post(payload)
            try await eventually("the session is gone") { await server.counters().open == 0 }
            #expect(try await poll.get().status == 400)
        }
    }

    @Test func `a body over the limit is refused before it is read`() async throws {
        try await withRelay("socketio") {
            $0.maxMessageBytes = 10_000
        } _: { server, group in
            let poll = try await PollingSession.open("EIO=4", port: server.port, group: group)
            let answer = try await poll.post("4" + String(repeating: "x", count: 20_000))
            #expect(answer.status == 413)
        }
    }

    @Test func `whatever is no HTTP is told so`() async throws {
        try await withRelay("socketio") { server, group in
            let answer = try await RawTCP.exchange(
                Array("\u{0}\u{1}\u{2}garbage\r\n\r\n".utf8), port: server.port, group: group)
            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `connections that never speak are closed in time and do not keep others out`() async throws {
        try await withRelay("socketio") {
            $0.handshakeTimeout = 1_000_000_000
        } _: { server, group in
            var mutes: [any Channel] = []
            for _ in 0..<200 {
                mutes.append(
                    try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: server.port).get())
            }
            let a = try await WireClient.socketIO(server.url, in: "r", group: group).client
            for mute in mutes { try await mute.closeFuture.get() }
            #expect(await server.counters().handshakeTimeouts == 200)
            #expect(try await a.ask(#"["enter","q"]"#) == "431[true]")
        }
    }

    @Test func `a client that never answers a ping is dropped, and one that does is not`() async throws {
        try await withRelay("socketio") {
            $0.pingInterval = 200_000_000
            $0.pingTimeout = 1_000_000_000
        } _: { server, group in
            let mute = try await WireClient.connect(server.url, id: "socketio", group: group)
            let lively = try await WireClient.connect(server.url, id: "socketio", group: group)
            _ = try await lively.text()
            try await lively.send("40")
            _ = try await lively.text()
            // Eight intervals are longer than a silent client is given.
            for _ in 0..<8 {
                #expect(try await lively.text() == "2")
                try await lively.send("3")
            }
            #expect(try await mute.closeFrame() == 1000)
            #expect(await server.counters().pingTimeouts == 1)
            #expect(await server.counters().open == 1)
        }
    }

    @Test func `a session that never connects to a namespace is dropped`() async throws {
        try await withRelay("socketio") {
            $0.handshakeTimeout = 300_000_000
        } _: { server, group in
            let client = try await WireClient.connect(server.url, id: "socketio", group: group)
            #expect(try await client.closeFrame() == 1008)
            #expect(await server.counters().handshakeTimeouts == 1)
        }
    }

    @Test func `a WebSocket that asks to take over and does not is closed, and its session goes on`() async throws {
        try await withRelay("socketio") {
            $0.handshakeTimeout = 1_000_000_000
        } _: { server, group in
            let poll = try await PollingSession.open("EIO=4", port: server.port, group: group)
            #expect(try await poll.post("40").status == 200)
            let target = poll.target.replacing("transport=polling", with: "transport=websocket")
            let upgrade = [
                "GET \(target) HTTP/1.1", "Host: 127.0.0.1:\(server.port)", "Connection: Upgrade", "Upgrade: websocket",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", "",
            ]
            let heard = try await RawTCP.exchange(
                Array(upgrade.joined(separator: "\r\n").utf8), port: server.port, group: group)
            #expect(heard.starts(with: "HTTP/1.1 101 ".utf8))
            // A close frame with 1002 (RFC 6455 §5.5.1), and nothing before it.
            let frames = heard.firstRange(of: Array("\r\n\r\n".utf8)).map { heard[$0.upperBound...] }
            #expect(frames?.starts(with: [0x88]) == true)
            #expect(frames?.dropFirst(2).starts(with: [0x03, 0xEA]) == true)
            #expect(await server.counters().handshakeTimeouts == 1)
            #expect(try await poll.get().body.hasPrefix(#"40{"sid":""#))
            #expect(try await poll.post(#"420["enter","r"]"#).status == 200)
            #expect(try await poll.get().body == "430[true]")
        }
    }
}
