import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

struct PeerJSDialectTests {
    private static let now = Instant(nanoseconds: 1_000_000_000)

    private static func settings(
        _ options: [String: String] = [:], path: String = "ws://h:1/"
    ) throws -> BackendSettings {
        BackendSettings(id: "peerjs", url: try BackendURL.parse(path), options: options, connectTimeout: 5_000_000_000)
    }

    /// A session of its own roster, or of a shared one, with nothing heard yet.
    private static func dialect(
        _ id: String = "me", _ roster: PeerJSRoster = PeerJSRoster()
    ) throws -> (PeerJSDialect, Outbox) {
        var ticket = Ticket(values: ["id": id])
        ticket.seed = 36
        var dialect = try PeerJSDialect(self.settings(), ticket: ticket, roster: roster)
        var out = Outbox(seed: 1)
        dialect.opened(now: self.now, into: &out)
        return (dialect, out)
    }

    private static func joined(
        _ id: String = "me", _ roster: PeerJSRoster = PeerJSRoster()
    ) throws -> (PeerJSDialect, Outbox) {
        var (dialect, out) = try self.dialect(id, roster)
        #expect(try self.next(&dialect, #"{"type":"OPEN"}"#) == .welcomed(PeerID(id)))
        #expect(dialect.encode(.join(room: "r"), now: self.now, into: &out) == .written)
        #expect(dialect.deadline == self.now)
        #expect(try dialect.expired(now: self.now, into: &out) == .joined(confirmed: false))
        #expect(try self.sent(&out) == [])
        return (dialect, out)
    }

    private static func next(_ dialect: inout PeerJSDialect, _ text: String) throws -> Inbound? {
        var bytes = ByteBuffer(string: text)
        var out = Outbox(seed: 1)
        let event = try dialect.next(&bytes, now: self.now, into: &out)
        #expect(bytes.readableBytes == 0 && out.takeWire() == nil)
        return event
    }

    private static func sent(_ out: inout Outbox) throws -> [String] {
        guard let wire = out.takeWire() else { return [] }
        return try decode([Array(wire.readableBytesView)[...]], role: .server).map { String(buffer: $0.payload) }
    }

    @Test(arguments: [
        ("ws://h:1/", "/peerjs"), ("ws://h:1/app/", "/app/peerjs"), ("ws://h:1/app", "/app/peerjs"),
        ("ws://h:1/peerjs", "/peerjs"),
    ])
    func `a session asks by its own id and token`(url: String, path: String) throws {
        var ticket = Ticket(values: ["id": "a b"])
        ticket.seed = 36
        let dialect = try PeerJSDialect(Self.settings(["key": "k&"], path: url), ticket: ticket)
        #expect(dialect.target == "\(path)?key=k%26&version=1.5.4&id=a%20b&token=10")
        let carrier = try PeerJSDialect.carrier(Self.settings(path: url))
        #expect(carrier == .webSocket(WebSocketPlan(data: .text, path: "\(path)?key=peerjs&version=1.5.4")))
    }

    @Test func `a signal to the room goes to each other member, by the type that a PeerServer forwards`() throws {
        let roster = PeerJSRoster()
        var (first, _) = try Self.joined("a", roster)
        var (second, secondOut) = try Self.joined("b", roster)
        var (third, _) = try Self.joined("c", roster)
        let pairs = [
            ("offer", "OFFER"), ("answer", "ANSWER"), ("candidate", "CANDIDATE"), ("bye", "LEAVE"),
            ("call", "CANDIDATE"), ("chatter", "CANDIDATE"),
        ]
        for (kind, type) in pairs {
            let signal = #"{"type":"\#(kind)","from":"b"}"#
            let send = Command.send(signal: ByteBuffer(string: signal), to: .room, id: 1)
            #expect(second.encode(send, now: Self.now, into: &secondOut) == .written)
            let payload = #"{"type":"data","connectionId":"r","signal":\#(signal)}"#
            #expect(
                try Self.sent(&secondOut)
                    == ["a", "c"].map { #"{"type":"\#(type)","dst":"\#($0)","payload":\#(payload)}"# })
        }
        // Who left, or lost its connection, gets nothing any more; one member by its id gets it in any room.
        #expect(first.encode(.leave, now: Self.now, into: &secondOut) == .written)
        let resumes = third.closed(.peerClosed)
        #expect(!resumes && third.deadline == nil)
        let last = Command.send(signal: ByteBuffer(string: "{}"), to: .room, id: 2)
        #expect(second.encode(last, now: Self.now, into: &secondOut) == .written)
        #expect(try Self.sent(&secondOut) == [])
        let direct = Command.send(signal: ByteBuffer(string: "{}"), to: .peer(PeerID("z")), id: 3)
        #expect(second.encode(direct, now: Self.now, into: &secondOut) == .written)
        #expect(try Self.sent(&secondOut).count == 1)
        #expect(first.encode(last, now: Self.now, into: &secondOut) == .refused)
    }

    @Test func `a message of the own room is a signal, however it is written`() throws {
        var (dialect, _) = try Self.joined()
        func text(_ signal: String, room: String = "r") -> String {
            #"{"type": "OFFER", "src": "b", "dst": "me", "payload": {"type": "data", "connectionId": "\#(room)", "#
                + #""signal": \#(signal)}}"#
        }
        let mine = #"{"type": "offer", "from": "b", "sendto": "me"}"#
        for form in [
            text(mine), text(#"{"type":"call","from":"b"}"#),
            #"{"payload":{"signal":\#(mine),"connectionId":"r"},"type":"LEAVE"}"#,
        ] {
            guard case .signal = try Self.next(&dialect, form) else {
                Issue.record("no signal: \(form)")
                continue
            }
        }
        guard case .overheard = try Self.next(&dialect, text(#"{"type":"offer","from":"b","sendto":"c"}"#)) else {
            Issue.record("not overheard")
            return
        }
        #expect(try Self.next(&dialect, text(mine, room: "other")) == .control)
        #expect(try Self.next(&dialect, text("7")) == .control)
        #expect(try Self.next(&dialect, #"{"type":"LEAVE","src":"b","dst":"me"}"#) == .control)
        guard case .refused(let refusal) = try Self.next(&dialect, #"{"type":"EXPIRE","src":"b","dst":"me"}"#) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == "EXPIRE" && refusal.subject == .send)
    }

    @Test func `the server's refusals, its silence, and heartbeats`() throws {
        for text in [
            #"{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}"#,
            #"{"type":"ERROR","payload":{"msg":"Invalid key provided"}}"#,
        ] {
            var (dialect, _) = try Self.dialect()
            let error = #expect(throws: DialectError(code: .forbidden, message: "")) { try Self.next(&dialect, text) }
            #expect(error?.message.hasSuffix(text.contains("TAKEN") ? "ID is taken" : "Invalid key provided") == true)
        }
        var (silent, silentOut) = try Self.dialect()
        #expect(throws: DialectError(code: .timeout, message: "")) {
            try silent.expired(now: Self.now + 5_000_000_000, into: &silentOut)
        }
        var (dialect, out) = try Self.joined()
        #expect(throws: DialectError(code: .unexpected, message: "")) { try Self.next(&dialect, #"{"type":"OPEN"}"#) }
        let beat = Self.now + 5_000_000_000
        #expect(dialect.deadline == beat)
        #expect(try dialect.expired(now: beat, into: &out) == nil)
        #expect(try Self.sent(&out) == [#"{"type":"HEARTBEAT"}"#])
        #expect(dialect.deadline == beat + 5_000_000_000)
    }

    @Test func `hostile bytes never trap`() throws {
        let (joined, _) = try Self.joined()
        let texts = [
            #"{"type":"OFFER","src":"b","dst":"me","payload":{"connectionId":"r","signal":{"type":"call","from":"b"}}}"#,
            #"{"type":"EXPIRE","src":"b"}"#, #"{"type":"ERROR","payload":{"msg":"x"}}"#,
        ]
        var random = SplitMix64(seed: 5)
        for n in 0..<2_000 {
            var bytes = Array(texts[n % texts.count].utf8)
            for _ in 0...random.uniform(below: 4) {
                bytes[random.uniform(below: bytes.count)] = UInt8(random.uniform(below: 256))
            }
            var (dialect, out) = (joined, Outbox(seed: 1))
            var buffer = ByteBuffer(bytes: bytes.prefix(1 + random.uniform(below: bytes.count)))
            _ = try? dialect.next(&buffer, now: Self.now, into: &out)
        }
        for text in ["7", "[]", "{", "\u{0}"] {
            var dialect = joined
            #expect(throws: DialectError.self) { try Self.next(&dialect, text) }
        }
    }
}
