import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

struct PocketBaseDialectTests {
    private static let now = Instant(nanoseconds: 1_000_000_000)
    private static let me = "00000000000000aa"
    private static let field = HTTPOutgoing.HTTPField(name: "Content-Type", value: "application/json")

    private static func dialect(_ options: [String: String] = [:]) throws -> (PocketBaseDialect, Outbox) {
        let settings = BackendSettings(
            id: "pocketbase", url: BackendURL(scheme: "http", host: "h", port: 1), options: options,
            connectTimeout: 5_000_000_000)
        var ticket = Ticket.none
        ticket.seed = 0xAA
        var dialect = try PocketBaseDialect(settings, ticket: ticket)
        var out = Outbox(seed: 1, framing: .messages)
        dialect.opened(now: self.now, into: &out)
        #expect(self.asked(&out) == [.listen(.events, path: "/api/realtime", fields: [])])
        return (dialect, out)
    }

    private static func joined(_ options: [String: String] = [:]) throws -> (PocketBaseDialect, Outbox) {
        var (dialect, out) = try self.dialect(options)
        #expect(try self.next(&dialect, &out, .listening) == [.control])
        let connected = HTTPIncoming.event(type: "PB_CONNECT", id: "c1")
        #expect(try self.next(&dialect, &out, connected, #"{"clientId":"c1"}"#) == [.welcomed(PeerID(self.me))])
        #expect(dialect.encode(.join(room: "r 1"), now: self.now, into: &out) == .written)
        #expect(try self.next(&dialect, &out, .answer(tag: 1, status: 204, refusal: "")) == [.joined(confirmed: true)])
        return (dialect, out)
    }

    private static func next(
        _ dialect: inout PocketBaseDialect, _ out: inout Outbox, _ incoming: HTTPIncoming, _ content: String = ""
    ) throws -> [Inbound] {
        var bytes = incoming.message(ByteBuffer(string: content))
        var events: [Inbound] = []
        while let event = try dialect.next(&bytes, now: self.now, into: &out) { events.append(event) }
        #expect(bytes.readableBytes == 0)
        return events
    }

    private static func asked(_ out: inout Outbox) -> [HTTPOutgoing] {
        out.takeMessages().compactMap(HTTPOutgoing.init)
    }

    private static func post(_ path: String, _ body: String, _ tag: UInt32) -> HTTPOutgoing {
        .request("POST", path: path, fields: [self.field], body: ByteBuffer(string: body), tag: tag)
    }

    @Test(arguments: [
        ("none", "signals/*"),
        ("room", "signals/*?options=%7B%22query%22%3A%7B%22filter%22%3A%22room%3D%27r_201%27%22%7D%7D"),
        (
            "member",
            "signals/*?options=%7B%22query%22%3A%7B%22filter%22%3A%22room%3D%27r_201%27%20%26%26%20%28sendto%3D%27%27"
                + "%20%7C%7C%20sendto%3D%2700000000000000aa%27%29%22%7D%7D"
        ),
    ])
    func `a session listens, subscribes, creates records one by one, and is answered`(
        filter: String, subscription: String
    ) throws {
        var (dialect, out) = try Self.joined(["filter": filter])
        #expect(
            Self.asked(&out) == [
                Self.post("/api/realtime", #"{"clientId":"c1","subscriptions":["\#(subscription)"]}"#, 1)
            ])
        for (id, target, name) in [(UInt64(1), Target.room, ""), (2, .peer(PeerID("b'")), "b_27")] {
            let send = Command.send(signal: ByteBuffer(string: "{}"), to: target, id: id)
            #expect(dialect.encode(send, now: Self.now, into: &out) == .written)
            let record = #"{"room":"r_201","from":"\#(Self.me)","sendto":"\#(name)","body":{}}"#
            #expect(Self.asked(&out) == [Self.post("/api/collections/signals/records", record, 2)])
        }
        #expect(try Self.next(&dialect, &out, .answer(tag: 2, status: 200, refusal: ""), "{}") == [.acked(1)])
        #expect(
            try Self.next(&dialect, &out, .answer(tag: 2, status: 400, refusal: "HTTP 400"))
                == [.refused(Refusal(code: "400", message: "HTTP 400", subject: .send))])
        let mine = #"{"from":"b","type":"call"}"#
        func event(_ room: String, _ body: String, _ action: String = "create") -> String {
            #"{"record":{"body":\#(body),"id":"x","room":"\#(room)"},"action":"\#(action)"}"#
        }
        let incoming = HTTPIncoming.event(type: subscription, id: "c1")
        guard case .signal(_, let range) = try Self.next(&dialect, &out, incoming, event("r_201", mine)).first else {
            Issue.record("no signal")
            return
        }
        #expect(range.count == mine.utf8.count)
        let foreign = #"{"from":"b","sendto":"c","type":"offer"}"#
        guard case .overheard = try Self.next(&dialect, &out, incoming, event("r_201", foreign)).first else {
            Issue.record("not overheard")
            return
        }
        for text in [event("r2", mine), event("r_201", mine, "delete"), event("r_201", "7"), "{}"] {
            #expect(try Self.next(&dialect, &out, incoming, text) == [.control])
        }
        #expect(
            try Self.next(&dialect, &out, .event(type: "other/*", id: ""), event("r_201", mine)) == [.control])
        #expect(dialect.encode(.leave, now: Self.now, into: &out) == .written)
        #expect(Self.asked(&out) == [Self.post("/api/realtime", #"{"clientId":"c1","subscriptions":[]}"#, 1)])
        #expect(try Self.next(&dialect, &out, incoming, event("r_201", mine)) == [.control])
    }

    @Test func `a late answer to another subscription joins nothing, and a refusal says why`() throws {
        var (dialect, out) = try Self.joined()
        #expect(dialect.encode(.leave, now: Self.now, into: &out) == .written)
        #expect(dialect.encode(.join(room: "b"), now: Self.now, into: &out) == .written)
        #expect(try Self.next(&dialect, &out, .answer(tag: 1, status: 204, refusal: "")) == [.control])
        #expect(
            try Self.next(&dialect, &out, .answer(tag: 1, status: 404, refusal: "HTTP 404"))
                == [.refused(Refusal(code: "404", message: "HTTP 404", subject: .join))])
        #expect(dialect.encode(.join(room: "b"), now: Self.now, into: &out) == .written)
        #expect(throws: DialectError(code: .timeout, message: "")) {
            try dialect.expired(now: Self.now + 5_000_000_000, into: &out)
        }
        #expect(throws: BackendError.self) { try Self.dialect(["collection": "a/b"]) }
    }

    @Test func `hostile events never trap`() throws {
        let (joined, _) = try Self.joined(["filter": "none"])
        let good = Array(#"{"record":{"body":{"from":"b","type":"call"},"room":"r_201"},"action":"create"}"#.utf8)
        var random = SplitMix64(seed: 14)
        for _ in 0..<2_000 {
            var bytes = good
            for _ in 0...random.uniform(below: 4) {
                bytes[random.uniform(below: bytes.count)] = UInt8(random.uniform(below: 256))
            }
            var (dialect, out) = (joined, Outbox(seed: 1, framing: .messages))
            var message = HTTPIncoming.event(type: "signals/*", id: "").message(ByteBuffer(bytes: bytes))
            _ = try? dialect.next(&message, now: Self.now, into: &out)
            #expect(message.readableBytes == 0)
        }
        var (fresh, out) = try Self.dialect()
        for id in ["", "a\"b"] {
            #expect(throws: DialectError(code: .malformed, message: "")) {
                try Self.next(&fresh, &out, .event(type: "PB_CONNECT", id: id))
            }
        }
    }
}
