import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

struct STOMPDialectTests {
    private static let now = Instant(nanoseconds: 1_000_000_000)
    private static let me = "00000000000000aa"
    private static let foreign = #"{"type":"offer","from":"b","sendto":"c"}"#

    private static func dialect(
        _ options: [String: String] = [:], scheme: String = "stomp"
    ) throws -> (STOMPDialect, Outbox) {
        let settings = BackendSettings(
            id: "stomp", url: BackendURL(scheme: scheme, host: "h", port: 1), options: options,
            connectTimeout: 5_000_000_000)
        var ticket = Ticket.none
        ticket.seed = 0xAA
        let framing: CarrierFraming = scheme == "ws" ? .webSocketMessages : .bytes
        return (try STOMPDialect(settings, ticket: ticket), Outbox(seed: 1, framing: framing))
    }

    /// A member of the room `r.1`, whose subscriptions have the ids 1 and, with an inbox, 2.
    private static func joined(
        _ options: [String: String] = [:], scheme: String = "stomp"
    ) throws -> (STOMPDialect, Outbox) {
        var (dialect, out) = try self.dialect(options, scheme: scheme)
        dialect.opened(now: Self.now, into: &out)
        let connected = "CONNECTED\nserver:Rabbit/3\nheart-beat:4000,4000\nversion:1.2\n\n\0\n"
        #expect(try self.words(&dialect, &out, connected) == ["welcomed \(Self.me)"])
        #expect(dialect.encode(.join(room: "r.1"), now: Self.now, into: &out) == .written)
        if options["layout"] == "inbox" {
            #expect(try self.words(&dialect, &out, "RECEIPT\nreceipt-id:j2\n\n\0") == ["control"])
        }
        #expect(try self.words(&dialect, &out, "RECEIPT\nreceipt-id:j1\n\n\0\n") == ["joined true"])
        _ = out.takeWire()
        return (dialect, out)
    }

    private static func words(_ dialect: inout STOMPDialect, _ out: inout Outbox, _ text: String) throws -> [String] {
        var bytes = ByteBuffer(string: text)
        let words = try self.words(&dialect, &out, &bytes)
        #expect(bytes.readableBytes == 0)
        return words
    }

    /// What is in the bytes, with the texts that ranges point at.
    private static func words(
        _ dialect: inout STOMPDialect, _ out: inout Outbox, _ bytes: inout ByteBuffer
    ) throws -> [String] {
        var words: [String] = []
        while let event = try dialect.next(&bytes, now: Self.now, into: &out) {
            func text(_ range: Range<Int>) -> String {
                var all = bytes
                all.moveReaderIndex(to: 0)
                return all.getString(at: range.lowerBound, length: range.count) ?? "?"
            }
            switch event {
            case .welcomed(let id): words.append("welcomed \(id)")
            case .joined(let confirmed): words.append("joined \(confirmed)")
            case .signal(let head, let body): words.append("signal \(text(head.from)) \(text(body))")
            case .overheard(let head): words.append("overheard \(text(head.from)) \(head.bytes)")
            case .refused(let refusal): words.append("refused \(refusal.message)")
            default: words.append("\(event)")
            }
        }
        return words
    }

    private static func message(_ body: String, _ headers: String = "") -> String {
        "MESSAGE\nsubscription:1\ndestination:/topic/signalbench.r_2e1\nmessage-id:T_1@@x@@1\n\(headers)"
            + "content-length:\(body.utf8.count)\n\n\(body)\0"
    }

    @Test func `a session goes CONNECT, SUBSCRIBE, SEND, UNSUBSCRIBE, DISCONNECT`() throws {
        var (dialect, out) = try Self.dialect([
            "user": "guest", "password": "p:w", "layout": "inbox", "receipts": "send",
        ])
        func said() -> String { String(decoding: out.takeBytes(), as: UTF8.self) }
        dialect.opened(now: Self.now, into: &out)
        #expect(
            said()
                == "CONNECT\naccept-version:1.2\nhost:/\nlogin:guest\npasscode:p:w\nheart-beat:10000,10000\n\n\0")
        #expect(dialect.encode(.join(room: "r"), now: Self.now, into: &out) == .refused)
        #expect(try Self.words(&dialect, &out, "CONNECTED\nversion:1.2\n\n\0") == ["welcomed \(Self.me)"])
        #expect(dialect.encode(.join(room: "r.1"), now: Self.now, into: &out) == .written)
        #expect(
            said()
                == "SUBSCRIBE\nid:1\ndestination:/topic/signalbench.r_2e1\nreceipt:j1\n\n\0"
                + "SUBSCRIBE\nid:2\ndestination:/topic/signalbench.r_2e1.\(Self.me)\nreceipt:j2\n\n\0")
        #expect(try Self.words(&dialect, &out, "RECEIPT\nreceipt-id:j1\n\n\0") == ["control"])
        #expect(try Self.words(&dialect, &out, "RECEIPT\nreceipt-id:j2\n\n\0") == ["joined true"])
        let head = "\ncontent-type:application/json\ncontent-length:2\nreceipt:s7\n\n{}\0"
        for (target, destination) in [(Target.room, "r_2e1"), (Target.peer(PeerID("b/#")), "r_2e1.b_2f_23")] {
            let send = Command.send(signal: ByteBuffer(string: "{}"), to: target, id: 7)
            #expect(dialect.encode(send, now: Self.now, into: &out) == .written)
            #expect(said() == "SEND\ndestination:/topic/signalbench.\(destination)\(head)")
        }
        #expect(try Self.words(&dialect, &out, "RECEIPT\nreceipt-id:s7\n\n\0") == ["acked(7)"])
        #expect(dialect.encode(.leave, now: Self.now, into: &out) == .written)
        #expect(
            said()
                == "UNSUBSCRIBE\nid:1\ndestination:/topic/signalbench.r_2e1\n\n\0"
                + "UNSUBSCRIBE\nid:2\ndestination:/topic/signalbench.r_2e1.\(Self.me)\n\n\0")
        let send = Command.send(signal: ByteBuffer(string: "{}"), to: .room, id: 8)
        #expect(dialect.encode(send, now: Self.now, into: &out) == .refused)
        #expect(dialect.encode(.close, now: Self.now, into: &out) == .written)
        #expect(said() == "DISCONNECT\n\n\0")
        let resumes = dialect.closed(.peerClosed)
        #expect(!resumes && dialect.deadline == nil)
    }

    @Test func `the same comes of frames in every shape of arrival`() throws {
        let (joined, _) = try Self.joined()
        let mine = #"{"type":"call","from":"b"}"#
        let own = #"{"type":"call","from":"\#(Self.me)"}"#
        let withoutLength = "MESSAGE\r\ndestination:/topic/x\r\n\r\n\(mine)\0"
        let stream =
            Self.message(mine) + "\n\n\r\n" + Self.message(Self.foreign, "receipt:s9\nfrom:a\\cb\n") + withoutLength
            + "RECEIPT\nreceipt-id:j1\n\n\0\n" + Self.message(own) + Self.message("no JSON \0") + "\n"
        let expected = [
            "signal b \(mine)", "overheard b \(Self.foreign.utf8.count)", "signal b \(mine)", "control",
            "overheard \(Self.me) \(own.utf8.count)", "control",
        ]
        try CodecVerifier.verify(Array(stream.utf8), expected: expected) { chunks in
            var (dialect, out, received) = (joined, Outbox(seed: 1, framing: .bytes), ReceiveBuffer())
            var words: [String] = []
            for chunk in chunks {
                var bytes = received.joined(with: ByteBuffer(bytes: chunk))
                words += try Self.words(&dialect, &out, &bytes)
                received.keep(bytes)
            }
            return words
        }
    }

    @Test func `a WebSocket message holds whole frames`() throws {
        var (dialect, out) = try Self.joined(scheme: "ws")
        #expect(try Self.words(&dialect, &out, "\n") == [])
        #expect(
            try Self.words(&dialect, &out, Self.message(Self.foreign) + "\n") == [
                "overheard b \(Self.foreign.utf8.count)"
            ])
        var half = ByteBuffer(string: String(Self.message(Self.foreign).dropLast()))
        #expect(throws: DialectError(code: .malformed, message: "")) { try Self.words(&dialect, &out, &half) }
        let send = Command.send(signal: ByteBuffer(string: "{}"), to: .room, id: 7)
        #expect(dialect.encode(send, now: Self.now, into: &out) == .written)
        let wire = out.takeBytes()
        let frame = try #require(try decode([wire[...]], role: .server).first)
        #expect(frame.opcode == .text && String(buffer: frame.payload).hasSuffix("content-length:2\n\n{}\0"))
    }

    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\n\r\n", "SEND\n\n\0", "MESSAGE\ncontent-length:x\n\n\0",
        "MESSAGE\ncontent-length:2\n\nabc\0", "MESSAGE\ncontent-length:99999999999999999999\n\n\0",
        "MESSAGE\n" + String(repeating: "a:b\n", count: 20_000), "CONNECTED\nversion:1.2\n\n\0",
    ])
    func `what is no frame of a broker ends the connection`(text: String) throws {
        var (dialect, out) = try Self.joined()
        #expect(throws: DialectError.self) { try Self.words(&dialect, &out, text) }
    }

    @Test func `random bytes around good frames never trap`() throws {
        let (joined, _) = try Self.joined()
        let good = Array((Self.message(Self.foreign) + "RECEIPT\nreceipt-id:j1\n\n\0ERROR\nmessage:a\\x\n\nb\0").utf8)
        var random = SplitMix64(seed: 14)
        for _ in 0..<2_000 {
            var bytes = good
            for _ in 0...random.uniform(below: 4) {
                bytes[random.uniform(below: bytes.count)] = UInt8(random.uniform(below: 256))
            }
            var (dialect, out, received) = (joined, Outbox(seed: 1, framing: .bytes), ReceiveBuffer())
            for piece in CodecVerifier.pieces(of: bytes, greatest: 60, using: &random) {
                var bytes = received.joined(with: ByteBuffer(bytes: piece))
                guard (try? Self.words(&dialect, &out, &bytes)) != nil else { break }
                received.keep(bytes)
            }
        }
    }

    @Test func `heart-beats are sent as agreed, and missed ones noticed`() throws {
        var (dialect, out) = try Self.joined(["heartBeat": "1s"])
        // The slower of both wishes holds.
        let due = Self.now + 4_000_000_000
        #expect(dialect.deadline == due)
        #expect(try dialect.expired(now: due, into: &out) == nil)
        #expect(out.takeBytes() == [0x0A])
        #expect(dialect.deadline == Self.now + 8_000_000_000)
        #expect(throws: DialectError(code: .timeout, message: "")) {
            try dialect.expired(now: Self.now + 8_000_000_000, into: &out)
        }
        let (quiet, _) = try Self.joined(["heartBeat": "0"])
        #expect(quiet.deadline == nil)
    }

    @Test func `an ERROR says what helps, and another version is not accepted`() throws {
        var (dialect, out) = try Self.dialect()
        dialect.opened(now: Self.now, into: &out)
        let error = "ERROR\nmessage:Bad CONNECT\ncontent-length:14\n\nAccess refused\0"
        let words = try Self.words(&dialect, &out, error)
        #expect(words.first?.hasPrefix("refused Bad CONNECT: Access refused; set backend.user") == true)
        #expect(throws: DialectError(code: .unexpected, message: "")) {
            try Self.words(&dialect, &out, "CONNECTED\nversion:1.0\n\n\0")
        }
        #expect(throws: DialectError(code: .timeout, message: "")) {
            try dialect.expired(now: Self.now + 5_000_000_000, into: &out)
        }
    }
}
