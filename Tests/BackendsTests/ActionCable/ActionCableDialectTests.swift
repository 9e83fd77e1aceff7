import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

struct ActionCableDialectTests {
    private static let now = Instant(nanoseconds: 1_000_000_000)
    private static let me = "00000000000000aa"
    private static let quoted =
        #""{\"channel\":\"RoomChannel\",\"room\":\"r\",\"peer\":\"00000000000000aa\"}""#
    private static let foreign = #"{"type":"offer","from":"b","sendto":"c"}"#

    private static func dialect(_ options: [String: String] = [:]) throws -> (ActionCableDialect, Outbox) {
        let settings = BackendSettings(
            id: "actioncable", url: BackendURL(scheme: "ws", host: "h", port: 1), options: options,
            connectTimeout: 5_000_000_000)
        var ticket = Ticket.none
        ticket.seed = 0xAA
        var dialect = try ActionCableDialect(settings, ticket: ticket)
        var out = Outbox(seed: 1)
        dialect.opened(now: self.now, into: &out)
        return (dialect, out)
    }

    private static func joined(_ options: [String: String] = [:]) throws -> (ActionCableDialect, Outbox) {
        var (dialect, out) = try self.dialect(options)
        #expect(try self.next(&dialect, &out, #"{"type":"welcome"}"#) == .welcomed(PeerID(self.me)))
        #expect(dialect.encode(.join(room: "r"), now: Self.now, into: &out) == .written)
        #expect(try self.sent(&out) == [#"{"command":"subscribe","identifier":\#(self.quoted)}"#])
        let confirmed = #"{"identifier":\#(self.quoted),"type":"confirm_subscription"}"#
        #expect(try self.next(&dialect, &out, confirmed) == .joined(confirmed: true))
        return (dialect, out)
    }

    private static func next(
        _ dialect: inout ActionCableDialect, _ out: inout Outbox, _ text: String
    ) throws -> Inbound? {
        var bytes = ByteBuffer(string: text)
        let event = try dialect.next(&bytes, now: self.now, into: &out)
        #expect(bytes.readableBytes == 0)
        #expect(try dialect.next(&bytes, now: self.now, into: &out) == nil)
        return event
    }

    private static func sent(_ out: inout Outbox) throws -> [String] {
        guard let wire = out.takeWire() else { return [] }
        return try decode([Array(wire.readableBytesView)[...]], role: .server).map { String(buffer: $0.payload) }
    }

    @Test func `a session subscribes, speaks JSON in JSON in JSON, and unsubscribes`() throws {
        var (dialect, out) = try Self.joined()
        let send = Command.send(signal: ByteBuffer(string: #"{"sdp":"\r\n"}"#), to: .room, id: 1)
        #expect(dialect.encode(send, now: Self.now, into: &out) == .written)
        let data = #""{\"action\":\"signal\",\"signal\":{\"sdp\":\"\\r\\n\"}}""#
        #expect(try Self.sent(&out) == [#"{"command":"message","identifier":\#(Self.quoted),"data":\#(data)}"#])
        #expect(dialect.encode(.leave, now: Self.now, into: &out) == .written)
        #expect(try Self.sent(&out) == [#"{"command":"unsubscribe","identifier":\#(Self.quoted)}"#])
        #expect(dialect.encode(send, now: Self.now, into: &out) == .refused)
        let late = #"{"identifier":\#(Self.quoted),"message":\#(Self.foreign)}"#
        #expect(try Self.next(&dialect, &out, late) == .control)
        let end = #"{"type":"disconnect","reason":"server_restart","reconnect":true}"#
        #expect(
            try Self.next(&dialect, &out, end) == .closed(.closed(code: 1000, reason: "disconnect: server_restart")))
    }

    @Test func `the quick way and the tolerant way see the same`() throws {
        var (dialect, out) = try Self.joined()
        for signal in [
            Self.foreign, #"{"type":"call","from":"b"}"#, #"{"type":"call","from":"\#(Self.me)"}"#,
            #"{"sdp":"a\u003cb","from":"b"}"#,
        ] {
            let quick = try Self.next(&dialect, &out, #"{"identifier":\#(Self.quoted),"message":\#(signal)}"#)
            let other = try Self.next(&dialect, &out, #"{"message":\#(signal), "identifier":\#(Self.quoted)}"#)
            #expect(Self.shape(quick) == Self.shape(other) && Self.shape(quick) != nil)
        }
    }

    private static func shape(_ event: Inbound?) -> String? {
        switch event {
        case .signal(let head, let body): "signal \(String(describing: head.kind)) \(body.count)"
        case .overheard(let head): "\(head.verdict) \(String(describing: head.kind)) \(head.bytes)"
        default: nil
        }
    }

    @Test func `a rejected subscription, pings, and their absence`() throws {
        var (dialect, out) = try Self.dialect()
        _ = try Self.next(&dialect, &out, #"{"type":"welcome"}"#)
        _ = dialect.encode(.join(room: "r"), now: Self.now, into: &out)
        let rejected = #"{"identifier":\#(Self.quoted),"type":"reject_subscription"}"#
        guard case .refused(let refusal) = try Self.next(&dialect, &out, rejected) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.subject == .join)
        #expect(try Self.next(&dialect, &out, #"{"type":"ping","message":1795699617}"#) == .control)
        let silence = Self.now + 6_000_000_000
        #expect(dialect.deadline == silence)
        #expect(throws: DialectError(code: .timeout, message: "")) { try dialect.expired(now: silence, into: &out) }
        #expect(
            try BackendCatalogue.capabilities(
                BackendSettings(id: "actioncable", url: BackendURL(scheme: "ws", host: "h", port: 1))
            ).order == .none)
    }

    @Test func `hostile bytes never trap`() throws {
        let (joined, _) = try Self.joined()
        let texts = [
            #"{"identifier":\#(Self.quoted),"message":\#(Self.foreign)}"#,
            #"{"identifier":\#(Self.quoted),"message":{"type":"call","from":"b"}}"#, #"{"type":"ping","message":1}"#,
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
        var (dialect, out) = (joined, Outbox(seed: 1))
        for text in ["7", "[]", "{", "\u{0}"] {
            #expect(throws: DialectError.self) { try Self.next(&dialect, &out, text) }
        }
    }
}
