import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

@Suite struct RedisDialectTests {
    private static let hello = "%3\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n$7\r\nmodules\r\n*0\r\n"

    /// A command as the protocol writes it, made without the code under test.
    private static func resp(_ words: String..., type: String = "*") -> String {
        "\(type)\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    }

    private static func confirmed(_ channel: String, _ count: Int, _ what: String = "subscribe") -> String {
        ">3\r\n$\(what.count)\r\n\(what)\r\n$\(channel.utf8.count)\r\n\(channel)\r\n:\(count)\r\n"
    }

    private static func message(_ channel: String, _ payload: String) -> String {
        self.resp("message", channel, payload, type: ">")
    }

    private static func trace(
        _ options: [String: String] = [:], _ url: String = "redis://127.0.0.1"
    ) throws -> DialectTrace<RedisDialect> {
        try DialectTrace(BackendSettings(id: "redis", url: try BackendURL.parse(url), options: options))
    }

    /// A trace of a member of `r 1`.
    private static func joined() throws -> DialectTrace<RedisDialect> {
        var trace = try self.trace()
        #expect(try trace.receive(self.hello) == ["welcomed me"])
        #expect(trace.encode(.join(room: "r 1")) == .written)
        let heard = self.confirmed("room:r%201", 1) + self.confirmed("room:r%201:to:me", 2)
        #expect(try trace.receive(heard) == ["control", "joined"])
        _ = trace.said()
        return trace
    }

    @Test func `a session goes HELLO, SUBSCRIBE, PUBLISH, UNSUBSCRIBE, QUIT`() throws {
        var trace = try Self.trace(["user": "u"], "redis://x:p@127.0.0.1")
        #expect(trace.said() == Self.resp("HELLO", "3", "AUTH", "u", "p", "SETNAME", "me"))
        #expect(trace.encode(.join(room: "r")) == .refused)
        #expect(try trace.receive(Self.hello) == ["welcomed me"])
        #expect(trace.send("{}") == .refused)
        #expect(trace.encode(.join(room: "r:1")) == .written)
        #expect(trace.said() == Self.resp("SUBSCRIBE", "room:r%3A1", "room:r%3A1:to:me"))
        #expect(trace.send("{}") == .written)
        #expect(trace.send(#"{"a":1}"#, to: .peer(PeerID("a"))) == .written)
        #expect(
            trace.said() == Self.resp("PUBLISH", "room:r%3A1", "{}")
                + Self.resp("PUBLISH", "room:r%3A1:to:a", #"{"a":1}"#))
        let heard = [
            Self.confirmed("room:r%3A1", 1), Self.confirmed("room:r%3A1:to:me", 2), Self.message("room:r%3A1", "{}"),
            ":3\r\n", ":0\r\n",
        ]
        #expect(
            try trace.receive(heard.joined()) == [
                "control", "joined", "signal {}", "acked 7", "refused send 0: no receivers",
            ])
        #expect(trace.encode(.leave) == .written && trace.encode(.leave) == .refused)
        #expect(trace.said() == Self.resp("UNSUBSCRIBE", "room:r%3A1", "room:r%3A1:to:me"))
        #expect(trace.encode(.close) == .written && trace.said() == Self.resp("QUIT"))
        let gone =
            Self.confirmed("room:r%3A1", 1, "unsubscribe") + Self.confirmed("room:r%3A1:to:me", 0, "unsubscribe")
        #expect(try trace.receive(gone + "+OK\r\n") == ["control", "control", "control"])
        #expect(trace.out.takeClose() == .requested)
    }

    @Test func `one channel a room when the settings say so`() throws {
        var trace = try Self.trace(["layout": "broadcast", "channelPrefix": "a:"])
        #expect(trace.said() == Self.resp("HELLO", "3", "SETNAME", "me"))
        _ = try trace.receive(Self.hello)
        _ = trace.encode(.join(room: "r"))
        _ = trace.send("{}", to: .peer(PeerID("x")))
        #expect(trace.said() == Self.resp("SUBSCRIBE", "a:room:r") + Self.resp("PUBLISH", "a:room:r", "{}"))
        #expect(try trace.receive(Self.confirmed("a:room:r", 1) + ":0\r\n") == ["joined", "acked 7"])
    }

    private static let mine = #"{"type":"offer","from":"b","sendto":"me","sdp":"é"}"#
    private static let others = #"{"type":"offer","from":"b","sendto":"c","sdp":"\r\n"}"#
    private static let stream = [
        message("room:r%201:to:me", mine), message("room:r%201", others),
        // The same in another form: a simple string for a blob.
        ">3\r\n+message\r\n+room:r%201\r\n$\(mine.utf8.count)\r\n\(mine)\r\n",
        message("room:other", mine), message("room:r%201", ""), message("room:r%201", "no JSON"),
        "|1\r\n+ttl\r\n:3600\r\n>2\r\n+invalidate\r\n*2\r\n$-1\r\n_\r\n",
    ].joined()
    private static let events = [
        "signal \(mine)", "overheard overheard", "signal \(mine)", "control", "control", "control",
    ]

    @Test func `bytes mean the same however they come`() throws {
        try CodecVerifier.verify(Array(Self.stream.utf8), expected: Self.events + ["control", "control"]) { chunks in
            var trace = try Self.joined()
            return try chunks.flatMap { try trace.receive($0) }
        }
    }

    @Test(arguments: [
        "x\r\n", "\r\n", "+OK\n", "$2\r\nabc\r\n", "$99999999\r\n", "$-2\r\n", "*70000\r\n", "*x\r\n", ">3\r\n$x\r\n",
        "*60000\r\n*60000\r\n",
    ])
    func `what breaks the protocol is an error`(text: String) throws {
        var trace = try Self.joined()
        #expect(throws: DialectError(code: .malformed, message: "")) { try trace.receive(text) }
    }

    @Test(arguments: [":1\r\n", confirmed("room:r%201", 1), confirmed("x", 0, "unsubscribe")])
    func `an answer that nobody asked for is an error`(text: String) throws {
        var trace = try Self.joined()
        #expect(throws: DialectError(code: .unexpected, message: "")) { try trace.receive(text) }
    }

    @Test func `refusals are told by what was asked`() throws {
        var trace = try Self.trace()
        #expect(throws: DialectError(code: .unexpected, message: "")) {
            var old = trace
            _ = try old.receive("-ERR unknown command 'HELLO'\r\n")
        }
        _ = try trace.receive(Self.hello)
        _ = trace.encode(.join(room: "r"))
        #expect(try trace.receive("-NOPERM no channel\r\n") == ["refused join NOPERM: no channel"])
        #expect(trace.dialect.deadline == nil)
        var member = try Self.joined()
        _ = member.send("{}")
        #expect(try member.receive("-NOPERM no\r\n") == ["refused send NOPERM: no"])
    }

    @Test func `what the server owes has a deadline`() throws {
        var trace = try Self.trace()
        for words in ["", Self.hello] {
            _ = try trace.receive(words)
            if !words.isEmpty { _ = trace.encode(.join(room: "r")) }
            try trace.givesUpAtDeadline()
        }
    }

    @Test func `hostile bytes never trap`() throws {
        let errors = try DialectTrace.errors(in: Self.stream, seed: 13) { try Self.joined() }
        #expect(errors > 100, "\(errors)")
    }
}
