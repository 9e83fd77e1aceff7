import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

@Suite struct ExecDialectTests {
    private static let now = Instant(nanoseconds: 1_000_000_000)
    private static let settings = BackendSettings(
        id: "exec", url: BackendURL(command: "./adapter.py"), connectTimeout: 5_000_000_000)

    /// A dialect that is a member of a room.
    private func joined() throws -> (ExecDialect, Outbox) {
        var dialect = try ExecDialect(Self.settings, ticket: .none)
        var out = Outbox(seed: 1, framing: .bytes)
        dialect.opened(now: Self.now, into: &out)
        #expect(self.sent(&out) == "{\"op\":\"open\"}\n")
        #expect(try self.next(&dialect, &out, #"{"agent":3,"op":"welcomed","id":"me"}"#) == .welcomed(PeerID("me")))
        #expect(dialect.encode(.join(room: "a \"b\""), now: Self.now, into: &out) == .written)
        #expect(self.sent(&out) == "{\"op\":\"join\",\"room\":\"a \\\"b\\\"\"}\n")
        #expect(try self.next(&dialect, &out, #"{"agent":3,"op":"joined"}"#) == .joined(confirmed: true))
        return (dialect, out)
    }

    private func next(_ dialect: inout ExecDialect, _ out: inout Outbox, _ text: String) throws -> Inbound? {
        var bytes = ByteBuffer(string: "####" + text)
        bytes.moveReaderIndex(forwardBy: 4)
        let event = try dialect.next(&bytes, now: Self.now, into: &out)
        #expect(bytes.readableBytes == 0)
        return event
    }

    private func sent(_ out: inout Outbox) -> String { out.takeWire().map { String(buffer: $0) } ?? "" }

    @Test func `a session goes open, join, send, leave, close`() throws {
        var (dialect, out) = try self.joined()
        #expect(dialect.deadline == nil)
        let signal = ByteBuffer(string: #"{"type":"call"}"#)
        for (target, line) in [
            (Target.room, #"{"op":"send","signal":{"type":"call"}}"#),
            (.peer(PeerID("p\"")), #"{"op":"send","to":"p\"","signal":{"type":"call"}}"#),
        ] {
            #expect(dialect.encode(.send(signal: signal, to: target, id: 1), now: Self.now, into: &out) == .written)
            #expect(self.sent(&out) == line + "\n")
        }
        #expect(dialect.encode(.leave, now: Self.now, into: &out) == .written)
        #expect(dialect.encode(.send(signal: signal, to: .room, id: 1), now: Self.now, into: &out) == .refused)
        #expect(dialect.encode(.close, now: Self.now, into: &out) == .written)
        #expect(self.sent(&out) == "{\"op\":\"leave\"}\n{\"op\":\"close\"}\n")
    }

    @Test func `every form of a signal is judged alike`() throws {
        var (dialect, out) = try self.joined()
        let cases: [(String, FilterVerdict)] = [
            (#"{"type":"call","from":"b"}"#, .mine), (#"{"type":"call","from":"me"}"#, .echo),
            (#"{"type":"offer","from":"b","sendto":"c","sdp":"\r\n"}"#, .overheard),
            (#"{"type":"offer","from":"b","sendto":"me","sdp":"\"}"}"#, .mine),
        ]
        for (signal, verdict) in cases {
            let nested = String(decoding: JSONText.quoted(signal.utf8), as: UTF8.self)
            for line in [
                #"{"agent":3,"op":"signal","signal":\#(signal)}"#,
                #"{"agent": 3, "op": "signal", "signal": \#(signal)}"#,
                #"{"op":"signal","signal":\#(signal),"agent":3,"more":{}}"#,
                #"{"agent":3,"op":"signal","signal":\#(signal),"more":[1]}"#,
                #"{"agent":3,"op":"signal","signal":\#(nested)}"#,
            ] {
                let event = try self.next(&dialect, &out, line)
                switch event {
                case .signal(let head, let body):
                    let source = head.bodyIsInScratch ? dialect.scratch : ByteBuffer(string: "####" + line)
                    #expect(source.getString(at: body.lowerBound, length: body.count) == signal)
                    #expect(verdict == .mine)
                case .overheard(let head): #expect(head.verdict == verdict)
                default: Issue.record("\(line) gave \(String(describing: event))")
                }
            }
        }
    }

    @Test func `refusals, presence and the end carry the adapter's words`() throws {
        var (dialect, out) = try self.joined()
        let events: [(String, Inbound)] = [
            (
                #"{"agent":3,"op":"error","about":"send","code":"no","message":"why"}"#,
                .refused(Refusal(code: "no", message: "why", subject: .send))
            ),
            (#"{"agent":3,"op":"peerJoined","id":"x"}"#, .peerJoined(PeerID("x"))),
            (#"{"agent":3,"op":"peerLeft","id":"x"}"#, .peerLeft(PeerID("x"))),
            (#"{"agent":3,"op":"closed","reason":"gone"}"#, .closed(.closed(code: 1005, reason: "gone"))),
            (#"{"agent":3,"op":"of a later version"}"#, .control),
        ]
        for (line, event) in events { #expect(try self.next(&dialect, &out, line) == event) }
    }

    @Test(arguments: [
        "x", "[]", "{}", #"{"agent":3}"#, #"{"agent":3,"op":"welcomed","id":"again"}"#, #"{"agent":3,"op":"signal"}"#,
        #"{"agent":3,"op":"signal","signal":"no JSON"}"#, #"{"agent":3,"op":"signal","signal":{"a":}}"#,
        #"{"agent":3,"op":"signal","signal":{}} {}"#,
    ])
    func `what breaks the protocol is an error`(line: String) throws {
        var (dialect, out) = try self.joined()
        var bytes = ByteBuffer(string: line)
        #expect(throws: DialectError.self) { try dialect.next(&bytes, now: Self.now, into: &out) }
    }

    @Test func `what the adapter owes has a deadline`() throws {
        var dialect = try ExecDialect(Self.settings, ticket: .none)
        var out = Outbox(seed: 1, framing: .bytes)
        dialect.opened(now: Self.now, into: &out)
        #expect(dialect.deadline == Self.now + 5_000_000_000)
        #expect(throws: DialectError(code: .timeout, message: "")) {
            try dialect.expired(now: Self.now + 5_000_000_000, into: &out)
        }
    }

    @Test func `hostile lines never trap`() throws {
        var generator = SplitMix64(seed: 11)
        let line = Array(
            #"{"agent": 3, "op": "signal", "signal": {"type":"offer","from":"b","sendto":"me","sdp":"é\n"}}"#.utf8)
        for _ in 0..<5_000 {
            var (bytes, count) = (line, generator.uniform(below: 4))
            while count > 0 {
                bytes[generator.uniform(below: bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
                count -= 1
            }
            bytes = Array(bytes.prefix(1 + generator.uniform(below: bytes.count)))
            var dialect = try ExecDialect(Self.settings, ticket: .none)
            var out = Outbox(seed: 1, framing: .bytes)
            var buffer = ByteBuffer(bytes: bytes)
            _ = try? dialect.next(&buffer, now: Self.now, into: &out)
        }
    }

    @Test func `lines are cut alike however the bytes come`() throws {
        let text = "{\"a\":1}\r\n\n{\"é\":\"x\"}\n"
        try CodecVerifier.verify(Array(text.utf8), expected: [#"{"a":1}"#, #"{"é":"x"}"#]) { chunks in
            var splitter = LineSplitter(bound: 100)
            var lines: [String] = []
            for chunk in chunks { try splitter.take(ByteBuffer(bytes: chunk)) { lines.append(String(buffer: $0)) } }
            return lines
        }
        var splitter = LineSplitter(bound: 4)
        #expect(throws: LineSplitter.TooLong.self) { try splitter.take(ByteBuffer(string: "ab\n12345\n")) { _ in } }
        var endless = LineSplitter(bound: 4)
        try endless.take(ByteBuffer(string: "123")) { _ in }
        #expect(throws: LineSplitter.TooLong.self) { try endless.take(ByteBuffer(string: "45")) { _ in } }
    }

    @Test func `an adapter declares what it can in the words of a report`() throws {
        func read(_ text: String) throws(BackendError) -> Capabilities {
            try DeclaredCapabilities.read(PairList.parse("capabilities", text))
        }
        let all = try read(#"{"selfEcho":true,"directed":"routed","order":"total","maxMessageBytes":9}"#)
        #expect(all.selfEcho && all.directed == .routed && all.order == .total && all.maxMessageBytes == 9)
        #expect(try read("{}") == DeclaredCapabilities.usual)
        let error = #expect(throws: BackendError.self) { try read(#"{"selfecho":true}"#) }
        #expect(error?.suggestion == "selfEcho")
        #expect(throws: BackendError.self) { try read(#"{"order":"some"}"#) }
    }

    @Test func `a command stands where others have a URL`() throws {
        let commands = [
            "exec:./a.py": "./a.py",
            "exec:python3 a.py ws://h:1/ --x=relay:ws://h": "python3 a.py ws://h:1/ --x=relay:ws://h",
            "exec:exec:./a.py": "./a.py", "exec?agentsPerProcess=5:./a.py b:c": "./a.py b:c",
        ]
        for (text, command) in commands {
            let reference = try BackendReference.parse(text)
            let url = try #require(reference.url)
            #expect(url.command == command)
            #expect(try BackendURL.parse(url.text) == url)
            #expect(reference.options["agentsPerProcess"] == (text.contains("?") ? "5" : nil))
        }
        #expect(throws: BackendError.self) { try BackendReference.parse("exec:  ") }
        #expect(throws: BackendError.self) { try BackendReference.parse("exec?x=1:./a.py") }
        #expect(BackendURL(command: "./a ws://u:secret@h/").description.contains("secret") == false)
    }
}
