import Backends
import NIOCore
import Signaling
import Testing

@Suite struct RelayDialectTests {
    private static let now = Instant(nanoseconds: 1_000_000_000)
    private static let me = "00000000000000aa"
    private static let settings = BackendSettings(
        id: "relay", url: BackendURL(scheme: "ws", host: "h", port: 1), connectTimeout: 5_000_000_000)

    /// A dialect that is a member of a room.
    private func joined(_ room: String = "r") throws -> (RelayDialect, Outbox) {
        var dialect = try RelayDialect(Self.settings, ticket: .none)
        var out = Outbox(seed: 1)
        dialect.opened(now: Self.now, into: &out)
        #expect(try self.next(&dialect, &out, #"{"op":"welcome","id":"\#(Self.me)"}"#) == .welcomed(PeerID(Self.me)))
        #expect(dialect.encode(.join(room: room), now: Self.now, into: &out) == .written)
        let sent = try self.sent(&out)
        let name = try #require(sent.first).dropFirst(#"{"op":"join","room":"#.utf8.count)
        #expect(try self.next(&dialect, &out, #"{"op":"joined","room":\#(name)"#) == .joined(confirmed: true))
        return (dialect, out)
    }

    /// Gives one text to a dialect, at an index that is not 0, and checks that it is used up.
    private func next(
        _ dialect: inout RelayDialect, _ out: inout Outbox, _ text: some StringProtocol
    ) throws -> Inbound? {
        var bytes = ByteBuffer(string: "####" + text)
        bytes.moveReaderIndex(forwardBy: 4)
        let event = try dialect.next(&bytes, now: Self.now, into: &out)
        #expect(bytes.readableBytes == 0)
        #expect(try dialect.next(&bytes, now: Self.now, into: &out) == nil)
        return event
    }

    /// The texts that an outbox holds, read as a server does.
    private func sent(_ out: inout Outbox) throws -> [String] {
        guard let wire = out.takeWire() else { return [] }
        return try decode([Array(wire.readableBytesView)[...]], role: .server).map { String(buffer: $0.payload) }
    }

    private func signal(_ members: String) -> String { #"{"op":"message","room":"r","data":{\#(members)}}"# }

    @Test func `a session goes welcome, join, joined, leave, close`() throws {
        var (dialect, out) = try self.joined("a \"b\" ü")
        #expect(dialect.deadline == nil)
        #expect(dialect.encode(.leave, now: Self.now, into: &out) == .written)
        #expect(try self.sent(&out) == [#"{"op":"leave","room":"a \"b\" ü"}"#])
        #expect(dialect.encode(.leave, now: Self.now, into: &out) == .refused)
        #expect(
            dialect.encode(.send(signal: ByteBuffer(string: "{}"), to: .room, id: 0), now: Self.now, into: &out)
                == .refused)
        #expect(dialect.encode(.close, now: Self.now, into: &out) == .written)
        let wire = out.takeBytes()
        let close = try #require(try decode([wire[...]], role: .server).first)
        #expect(close.opcode == .close && close.close.code == 1000)
        #expect(out.takeClose() == nil)
        let resumes = dialect.closed(.peerClosed)
        #expect(!resumes)
        #expect(dialect.encode(.join(room: "r"), now: Self.now, into: &out) == .refused)
    }

    @Test func `a signal is sent in the form that the protocol gives first`() throws {
        var (dialect, out) = try self.joined()
        let signal = #"{"type":"call","from":"\#(Self.me)"}"#
        #expect(
            dialect.encode(.send(signal: ByteBuffer(string: signal), to: .room, id: 1), now: Self.now, into: &out)
                == .written)
        #expect(
            dialect.encode(
                .send(signal: ByteBuffer(string: "{}"), to: .peer(PeerID("x")), id: 2), now: Self.now, into: &out)
                == .written)
        #expect(
            try self.sent(&out) == [
                #"{"op":"message","room":"r","data":\#(signal)}"#, #"{"op":"message","room":"r","data":{}}"#,
            ])
    }

    @Test func `what the server owes has a deadline`() throws {
        var dialect = try RelayDialect(Self.settings, ticket: .none)
        var out = Outbox(seed: 1)
        #expect(dialect.deadline == nil)
        dialect.opened(now: Self.now, into: &out)
        let deadline = Self.now + 5_000_000_000
        #expect(dialect.deadline == deadline)
        #expect(try dialect.expired(now: Self.now, into: &out) == nil)
        #expect(throws: DialectError(code: .timeout, message: "")) { try dialect.expired(now: deadline, into: &out) }
        _ = try self.next(&dialect, &out, #"{"op":"welcome","id":"x"}"#)
        #expect(dialect.deadline == nil)
        _ = dialect.encode(.join(room: "r"), now: Self.now, into: &out)
        #expect(dialect.deadline == deadline)
        #expect(throws: DialectError(code: .timeout, message: "")) { try dialect.expired(now: deadline, into: &out) }
    }

    @Test func `a signal is classified by the filter, with its tag, sender and size`() throws {
        var (dialect, out) = try self.joined()
        let tag = "0000002a.0001.0003.00.00007.89abcdef"
        let cases: [(members: String, verdict: FilterVerdict)] = [
            (#""type":"offer","from":"b","sendto":"\#(Self.me)","tag":"\#(tag)","sdp":"v=0\r\n""#, .mine),
            (#""type":"offer","from":"b","sendto":"c","tag":"\#(tag)","sdp":"v=0""#, .overheard),
            (#""type":"call","from":"\#(Self.me)","tag":"\#(tag)""#, .echo),
            (#""type":"call","from":"b","tag":"\#(tag)""#, .mine),
            (#""type":"call","from":"b","sendto":"","tag":"\#(tag)""#, .mine),
        ]
        for (members, verdict) in cases {
            let event = try self.next(&dialect, &out, self.signal(members))
            let head: SignalHead
            switch event {
            case .signal(let found, let body):
                head = found
                #expect(body.count == members.utf8.count + 2)
                #expect(body.lowerBound == 4 + #"{"op":"message","room":"r","data":"#.utf8.count)
            case .overheard(let found): head = found
            default: throw Unexpected()
            }
            #expect(head.verdict == verdict)
            #expect(head.tag == Tag(run: 42, room: 1, sender: 3, instance: 0, n: 7, digest: 0x89AB_CDEF))
            #expect(head.bytes == members.utf8.count + 2)
            let text = "####" + self.signal(members)
            let from = String(decoding: Array(text.utf8)[head.from], as: UTF8.self)
            #expect(from == (verdict == .echo ? Self.me : "b"))
            if verdict == .mine { #expect(event.map { if case .signal = $0 { true } else { false } } == true) }
        }
    }

    struct Unexpected: Error {}

    @Test func `the quick way and the tolerant way see the same`() throws {
        var (dialect, out) = try self.joined()
        let data = [
            #"{"type":"offer","from":"b","sendto":"\#(Self.me)","sdp":"x"}"#,
            #"{"type":"offer","from":"b","sendto":"c"}"#,
            #"{"from":"\#(Self.me)"}"#, "{}", #"{"type":"bye","from":"b"}"#, #"{"\u0066rom":"b","sendto":"\u0063"}"#,
            #"{"sendto":{"a":[1,2]},"from":7}"#, #"{ "type" : "call" , "from" : "b" }"#,
            #"{"from":"b","from":"\#(Self.me)"}"#,
        ]
        for signal in data {
            let quick = try self.kindAndBody(&dialect, &out, #"{"op":"message","room":"r","data":\#(signal)}"#)
            for text in [
                #"{"op":"message","room":"r","data": \#(signal)}"#, #"{"data":\#(signal),"op":"message","room":"r"}"#,
                #" {"room":"\u0072","x":[{}],"op":"\u006dessage","data":\#(signal)}"#,
                #"{"op":"message","room":"r","data":\#(signal),"later":{}}"#,
                #"{"op":"message","room":"r","data":\#(signal) }"#,
            ] {
                let tolerant = try self.kindAndBody(&dialect, &out, text)
                #expect(tolerant.verdict == quick.verdict && tolerant.kind == quick.kind && tolerant.from == quick.from)
                #expect(tolerant.body == quick.body, "\(text)")
            }
        }
    }

    /// An event by its content instead of its ranges.
    private func kindAndBody(
        _ dialect: inout RelayDialect, _ out: inout Outbox, _ text: String
    ) throws -> (verdict: FilterVerdict, kind: SignalKind?, from: String, body: String?) {
        let all = Array(("####" + text).utf8)
        func string(_ range: Range<Int>) -> String { String(decoding: all[range], as: UTF8.self) }
        switch try self.next(&dialect, &out, text) {
        case .signal(let head, let body): return (head.verdict, head.kind, string(head.from), string(body))
        case .overheard(let head): return (head.verdict, head.kind, string(head.from), nil)
        default: throw Unexpected()
        }
    }

    @Test func `presence, refusals and the unknown are events too`() throws {
        var (dialect, out) = try self.joined()
        #expect(try self.next(&dialect, &out, #"{"op":"peer-joined","room":"r","id":"b"}"#) == .peerJoined(PeerID("b")))
        #expect(try self.next(&dialect, &out, #"{"op":"peer-left","room":"r","id":"b"}"#) == .peerLeft(PeerID("b")))
        #expect(try self.next(&dialect, &out, #"{"op":"peer-left","room":"other","id":"b"}"#) == .control)
        #expect(try self.next(&dialect, &out, #"{"op":"left","room":"r"}"#) == .control)
        #expect(try self.next(&dialect, &out, #"{"op":"news","x":1}"#) == .control)
        #expect(try self.next(&dialect, &out, #"{}"#) == .control)
        #expect(
            try self.next(&dialect, &out, #"{"op":"error","code":"unknown-target","message":"nobody"}"#)
                == .refused(Refusal(code: "unknown-target", message: "nobody", subject: .send)))
        #expect(
            try self.next(&dialect, &out, #"{"op":"error","code":"bad-room","message":"no"}"#)
                == .refused(Refusal(code: "bad-room", message: "no", subject: .join)))
    }

    @Test(arguments: [
        ("nonsense", DialectError.Code.malformed), ("[]", .malformed), (#"{"op":"message","room":"r"}"#, .malformed),
        (#"{"op":"welcome","id":"again"}"#, .unexpected),
        (#"{"op":"message","room":"r","data":{"from":"b"}"#, .malformed),
        (#"{"op":"message","room":"r","data":{"from":"b"}}}"#, .malformed),
    ])
    func `a server that breaks the protocol is found out`(text: String, code: DialectError.Code) throws {
        var (dialect, out) = try self.joined()
        let error = #expect(throws: DialectError.self) {
            var bytes = ByteBuffer(string: text)
            return try dialect.next(&bytes, now: Self.now, into: &out)
        }
        #expect(error?.code == code)
    }

    @Test func `text for this agent has to be UTF-8, text for others is not looked at`() throws {
        var (dialect, out) = try self.joined()
        for (sendto, fails) in [(Self.me, true), ("other", false)] {
            var bytes = ByteBuffer(
                string: #"{"op":"message","room":"r","data":{"from":"b","sendto":"\#(sendto)","tag":"","type":"","x":""#
            )
            bytes.writeBytes([0xFF])
            bytes.writeString(#""}}"#)
            if fails {
                #expect(throws: DialectError.self) { try dialect.next(&bytes, now: Self.now, into: &out) }
            } else {
                #expect(try dialect.next(&bytes, now: Self.now, into: &out) != nil)
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `hostile text never crashes it`(seed: UInt64) async throws {
        var (dialect, out) = try self.joined()
        var generator = SplitMix64(seed: seed)
        let seeds = [
            #"{"op":"message","room":"r","data":{"type":"offer","from":"b","sendto":"\#(Self.me)","sdp":"v=0\r\n"}}"#,
            #"{"op":"error","code":"x","message":"y"}"#, #"{"op":"peer-left","room":"r","id":"\ud83d\ude00"}"#,
        ].map { Array($0.utf8) }
        for round in 0..<25_000 {
            // Lets the tests that wait for sockets run in between.
            if round % 500 == 0 { await Task.yield() }
            var text = seeds[generator.uniform(below: seeds.count)]
            for _ in 0..<1 + generator.uniform(below: 4) {
                let i = generator.uniform(below: text.count)
                switch generator.uniform(below: 4) {
                case 0: text.remove(at: i)
                case 1: text.insert(UInt8(truncatingIfNeeded: generator.next()), at: i)
                case 2: text[i] = UInt8(truncatingIfNeeded: generator.next())
                default: text.removeLast(generator.uniform(below: text.count))
                }
                if text.isEmpty { text = [0x7B] }
            }
            var bytes = ByteBuffer(bytes: text)
            guard let event = try? dialect.next(&bytes, now: Self.now, into: &out) else { continue }
            if case .signal(let head, let body) = event {
                #expect(
                    body.lowerBound >= 0 && body.upperBound <= text.count && head.from.upperBound <= text.count,
                    "seed \(seed)")
            }
        }
    }
}
