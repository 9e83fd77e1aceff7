import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

struct NchanDialectTests {
    private static let now = Instant(nanoseconds: 1_000_000_000)
    private static let me = "00000000000000aa"
    private static let signal = #"{"type":"offer","from":"b","sendto":"c"}"#

    private static func dialect(_ options: [String: String] = [:]) throws -> (NchanDialect, Outbox) {
        let settings = BackendSettings(
            id: "nchan", url: BackendURL(scheme: "http", host: "h", port: 1), options: options,
            connectTimeout: 5_000_000_000)
        var ticket = Ticket.none
        ticket.seed = 0xAA
        var dialect = try NchanDialect(settings, ticket: ticket)
        var out = Outbox(seed: 1, framing: .messages)
        dialect.opened(now: self.now, into: &out)
        #expect(try dialect.expired(now: self.now, into: &out) == .welcomed(PeerID(self.me)))
        return (dialect, out)
    }

    /// What one message of the carrier means.
    private static func next(
        _ dialect: inout NchanDialect, _ out: inout Outbox, _ incoming: HTTPIncoming, _ content: String = ""
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

    @Test func `a session listens, posts one by one, and is answered`() throws {
        var (dialect, out) = try Self.dialect(["layout": "inbox"])
        #expect(dialect.encode(.join(room: "r 1"), now: Self.now, into: &out) == .written)
        #expect(Self.asked(&out) == [.listen(.events, path: "/multi/r_201/\(Self.me)", fields: [])])
        #expect(dialect.deadline == Self.now + 5_000_000_000)
        #expect(try Self.next(&dialect, &out, .listening) == [.joined(confirmed: true)])
        #expect(dialect.deadline == nil)
        for (target, path) in [(Target.room, "/room/r_201"), (Target.peer(PeerID("b.c")), "/room/r_201.b_2ec")] {
            let send = Command.send(signal: ByteBuffer(string: "{}"), to: target, id: path == "/room/r_201" ? 1 : 2)
            #expect(dialect.encode(send, now: Self.now, into: &out) == .written)
            let field = HTTPOutgoing.HTTPField(name: "Content-Type", value: "application/json")
            let body = ByteBuffer(string: "{}")
            #expect(Self.asked(&out) == [.request("POST", path: path, fields: [field], body: body, tag: 0)])
        }
        let accepted = HTTPIncoming.answer(tag: 0, status: 202, refusal: "")
        #expect(try Self.next(&dialect, &out, accepted, "queued messages: 0") == [.acked(1)])
        let refused = HTTPIncoming.answer(tag: 0, status: 413, refusal: "HTTP 413")
        #expect(
            try Self.next(&dialect, &out, refused)
                == [.refused(Refusal(code: "413", message: "HTTP 413", subject: .send))])
        #expect(try Self.next(&dialect, &out, accepted) == [.control])
        #expect(dialect.encode(.leave, now: Self.now, into: &out) == .refused)
    }

    @Test func `events are signals, and nothing else is`() throws {
        var (dialect, out) = try Self.dialect()
        _ = dialect.encode(.join(room: "r"), now: Self.now, into: &out)
        _ = try Self.next(&dialect, &out, .listening)
        let message = HTTPIncoming.event(type: "message", id: "1:0")
        guard case .overheard(let head) = try Self.next(&dialect, &out, message, Self.signal).first else {
            Issue.record("not overheard")
            return
        }
        #expect(head.bytes == Self.signal.utf8.count)
        let mine = #"{"type":"call","from":"b"}"#
        var bytes = message.message(ByteBuffer(string: mine))
        guard case .signal(_, let body) = try dialect.next(&bytes, now: Self.now, into: &out) else {
            Issue.record("no signal")
            return
        }
        bytes.moveReaderIndex(to: 0)
        #expect(bytes.getString(at: body.lowerBound, length: body.count) == mine)
        for text in ["", "{", "7", "{}{}", "\u{0}\u{FFFD}"] {
            #expect(try Self.next(&dialect, &out, message, text).first == .control, "\(text)")
        }
        #expect(try Self.next(&dialect, &out, .event(type: "ping", id: ""), "x") == [.control])
    }

    @Test func `who comes back asks for what it missed, where that is wanted`() throws {
        for isWanted in [false, true] {
            var (dialect, out) = try Self.dialect(["resume": "\(isWanted)"])
            _ = dialect.encode(.join(room: "r"), now: Self.now, into: &out)
            _ = try Self.next(&dialect, &out, .listening)
            _ = try Self.next(&dialect, &out, .event(type: "message", id: "1795700178:1"), Self.signal)
            _ = Self.asked(&out)
            let resumes = dialect.closed(.peerClosed)
            #expect(resumes == isWanted)
            dialect.opened(now: Self.now, into: &out)
            _ = try dialect.expired(now: Self.now, into: &out)
            _ = dialect.encode(.join(room: "r"), now: Self.now, into: &out)
            let field = HTTPOutgoing.HTTPField(name: "Last-Event-ID", value: "1795700178:1")
            #expect(Self.asked(&out) == [.listen(.events, path: "/room/r", fields: isWanted ? [field] : [])])
            let events = try Self.next(&dialect, &out, .listening)
            #expect(events == (isWanted ? [.resumed] : []) + [.joined(confirmed: true)])
        }
        #expect(throws: BackendError.self) { try Self.dialect(["resume": "true", "read": "longpoll"]) }
    }

    @Test func `nobody confirms polls, and events have a deadline`() throws {
        var (polls, out) = try Self.dialect(["read": "longpoll"])
        _ = polls.encode(.join(room: "r"), now: Self.now, into: &out)
        #expect(Self.asked(&out) == [.listen(.polls, path: "/room/r", fields: [])])
        let grace = try #require(polls.deadline)
        #expect(try polls.expired(now: grace, into: &out) == .joined(confirmed: false))
        var (events, _) = try Self.dialect()
        _ = events.encode(.join(room: "r"), now: Self.now, into: &out)
        let deadline = try #require(events.deadline)
        #expect(throws: DialectError(code: .timeout, message: "")) { try events.expired(now: deadline, into: &out) }
    }

    @Test func `hostile bytes never trap`() throws {
        var (joined, out) = try Self.dialect()
        _ = joined.encode(.join(room: "r"), now: Self.now, into: &out)
        let good = Array(
            HTTPIncoming.event(type: "message", id: "1").message(ByteBuffer(string: Self.signal)).readableBytesView)
        var random = SplitMix64(seed: 3)
        for _ in 0..<2_000 {
            var bytes = good
            for _ in 0...random.uniform(below: 4) {
                bytes[random.uniform(below: bytes.count)] = UInt8(random.uniform(below: 256))
            }
            var (dialect, buffer) = (joined, ByteBuffer(bytes: bytes.prefix(1 + random.uniform(below: bytes.count))))
            _ = try? dialect.next(&buffer, now: Self.now, into: &out)
        }
    }
}
