import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

@Suite struct NATSDialectTests {
    private static let info =
        "INFO {\"server_id\":\"x\",\"version\":\"2.15.1\",\"max_payload\":65536,\"headers\":true} \r\n"

    private static func trace(_ options: [String: String] = [:]) throws -> DialectTrace<NATSDialect> {
        let url = try BackendURL.parse("nats://127.0.0.1")
        return try DialectTrace(BackendSettings(id: "nats", url: url, options: options))
    }

    /// A trace of a member of `r 1`.
    private static func joined(_ options: [String: String] = [:]) throws -> DialectTrace<NATSDialect> {
        var trace = try self.trace(options)
        _ = try trace.receive(self.info)
        #expect(try trace.receive("PONG\r\n" + self.info) == ["welcomed me", "control"])
        #expect(trace.encode(.join(room: "r 1")) == .written)
        _ = trace.said()
        #expect(try trace.receive("PONG\r\n") == ["joined"])
        return trace
    }

    @Test func `a session goes INFO, CONNECT, SUB, PUB, UNSUB`() throws {
        var trace = try Self.trace(["user": "u", "password": "p\""])
        #expect(trace.said().isEmpty && trace.encode(.join(room: "r")) == .refused)
        #expect(try trace.receive(Self.info) == ["control"])
        let said = trace.said()
        #expect(said.hasPrefix("CONNECT {") && said.hasSuffix("}\r\nSUB _INBOX.me 1\r\nPING\r\n"))
        for part in [#""echo":false"#, #""no_responders":true"#, #""user":"u""#, #""pass":"p\"""#, #""name":"me""#] {
            #expect(said.contains(part))
        }
        #expect(trace.dialect.announced.map(\.value) == ["2.15.1", "65536 bytes"])
        #expect(try trace.receive("PONG\r\n") == ["welcomed me"])
        #expect(trace.send("{}") == .refused)
        #expect(trace.encode(.join(room: "r 1")) == .written)
        #expect(trace.said() == "SUB room.r%201.all 3\r\nSUB room.r%201.to.me 4\r\nPING\r\n")
        #expect(trace.dialect.deadline != nil)
        #expect(try trace.receive("PING\r\nPONG\r\n+OK\r\n") == ["control", "joined", "control"])
        #expect(trace.dialect.deadline == nil && trace.said() == "PONG\r\n")
        #expect(trace.send(#"{"a":1}"#) == .written)
        #expect(trace.send("{}", to: .peer(PeerID("a.*"))) == .written)
        #expect(
            trace.said()
                == "PUB room.r%201.all 7\r\n{\"a\":1}\r\nPUB room.r%201.to.a%2E%2A _INBOX.me 2\r\n{}\r\n")
        #expect(trace.encode(.leave) == .written && trace.encode(.leave) == .refused)
        #expect(trace.said() == "UNSUB 3\r\nUNSUB 4\r\n")
        #expect(trace.encode(.close) == .written && trace.said() == "PING\r\n")
        #expect(try trace.receive("PONG\r\n") == ["control"])
        #expect(trace.out.takeClose() == .requested)
    }

    @Test func `another room has subscriptions of its own, and what comes late for the first is no signal`() throws {
        var trace = try Self.joined()
        #expect(trace.encode(.join(room: "s")) == .written)
        #expect(
            trace.said() == "UNSUB 3\r\nUNSUB 4\r\nSUB room.s.all 5\r\nSUB room.s.to.me 6\r\nPING\r\n")
        #expect(
            try trace.receive("MSG room.r%201.all 3 2\r\n{}\r\nMSG room.s.all 5 2\r\n{}\r\nPONG\r\n") == [
                "control", "signal {}", "joined",
            ])
    }

    @Test func `one subject a room, and echo, when the settings say so`() throws {
        var trace = try Self.trace(["layout": "broadcast", "echo": "true", "subjectPrefix": "a.b", "token": "t"])
        _ = try trace.receive(Self.info + "PONG\r\n")
        let said = trace.said()
        #expect(said.contains(#""echo":true"#) && said.contains(#""auth_token":"t""#) && !said.contains("_INBOX"))
        _ = trace.encode(.join(room: "r"))
        #expect(trace.said() == "SUB a.b.room.r.all 3\r\nPING\r\n")
        #expect(trace.send("{}", to: .peer(PeerID("x"))) == .written)
        #expect(trace.said() == "PUB a.b.room.r.all 2\r\n{}\r\n")
        #expect(throws: BackendError.self) { try Self.trace(["subjectPrefix": "a..b"]) }
        #expect(throws: BackendError.self) { try Self.trace(["subjectPrefix": "a.>"]) }
    }

    private static let mine = #"{"type":"offer","from":"b","sendto":"me","sdp":"é"}"#
    private static let others = #"{"type":"offer","from":"b","sendto":"c","sdp":"\r\n"}"#
    private static let stream =
        "MSG room.r%201.to.me 4 _INBOX.b \(mine.utf8.count)\r\n\(mine)\r\n"
        + "msg  room.r%201.all\t3 \(others.utf8.count) \r\n\(others)\r\nPING\r\n"
        + "MSG room.r%201.all 3 0\r\n\r\n"
        + "HMSG room.r%201.all 3 21 \(21 + mine.utf8.count)\r\nNATS/1.0\r\nfrom: b\r\n\r\n"
        + "\(mine)\r\n"
        + "HMSG _INBOX.me 1 38 38\r\nNATS/1.0 503\r\nNats-Subject: nobody\r\n\r\n\r\n"
        + "-ERR 'Invalid Subject'\r\nMSG gone 9 2\r\n{}\r\n"
    private static let events = [
        "signal \(mine)", "overheard overheard", "control", "control", "signal \(mine)",
        "refused send 503: no responders to nobody", "refused other -ERR: Invalid Subject", "control",
    ]

    @Test func `bytes mean the same however they come`() throws {
        try CodecVerifier.verify(Array(Self.stream.utf8), expected: Self.events) { chunks in
            var trace = try Self.joined()
            return try chunks.flatMap { try trace.receive($0) }
        }
    }

    @Test(arguments: [
        "HELLO\r\n", "\r\n", "MSG a 3\r\n", "MSG a 3 x\r\n", "MSG a 3 -1\r\n", "MSG a 3 99999999999\r\n",
        "MSG a 3 16777217\r\n", "MSG a b c d 1\r\n", "HMSG a 3 9 8\r\n", "HMSG a 3 8\r\n", "MSG a 3 2\r\n{}xx",
        "INFO x\r\n",
    ])
    func `what breaks the protocol is an error`(text: String) throws {
        var trace = try Self.joined()
        #expect(throws: DialectError(code: .malformed, message: "")) { try trace.receive(text) }
    }

    @Test func `a line without an end, and a server that wants TLS, are errors`() throws {
        var endless = try Self.joined()
        #expect(try endless.receive(String(repeating: "a", count: 65_535)) == [])
        #expect(throws: DialectError.self) { try endless.receive("a") }
        var trace = try Self.trace()
        #expect(throws: DialectError(code: .unexpected, message: "")) {
            try trace.receive("INFO {\"tls_required\":true}\r\n")
        }
    }

    @Test func `a subscription that is refused refuses the join`() throws {
        var trace = try Self.trace()
        _ = try trace.receive(Self.info + "PONG\r\n")
        _ = trace.encode(.join(room: "r"))
        let words = "Permissions Violation for Subscription to \"room.r.all\""
        #expect(try trace.receive("-ERR '\(words)'\r\nPONG\r\n") == ["refused join -ERR: \(words)", "control"])
        #expect(trace.encode(.join(room: "s")) == .written)
    }

    @Test func `what the server owes has a deadline`() throws {
        var trace = try Self.trace()
        for words in ["", Self.info, "PONG\r\n"] {
            _ = try trace.receive(words)
            if words == "PONG\r\n" { _ = trace.encode(.join(room: "r")) }
            try trace.givesUpAtDeadline()
        }
    }

    @Test func `hostile bytes never trap`() throws {
        let errors = try DialectTrace.errors(in: Self.stream, seed: 12) { try Self.joined() }
        #expect(errors > 100, "\(errors)")
    }
}
