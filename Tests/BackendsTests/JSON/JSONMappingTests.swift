import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

@Suite struct JSONMappingTests {
    private static let now = Instant(nanoseconds: 1_000_000_000)
    private static let folder = #filePath.prefix(
        #filePath.count - "Tests/BackendsTests/JSON/JSONMappingTests.swift".count)

    private func dialect(_ name: String) throws -> (JSONDialect, Outbox) {
        let settings = BackendSettings(
            id: "json", url: BackendURL(scheme: "ws", host: "h", port: 1),
            options: ["mapping": "\(Self.folder)Profiles/mappings/\(name).yaml"])
        var ticket = Ticket.none
        ticket.seed = 0xA
        return (try JSONDialect(settings, ticket: ticket), Outbox(seed: 1))
    }

    private static let me = "000000000000000a"
    private static let signal = #"{"type":"offer","from":"b","sendto":"c","sdp":"\"}"}"#
    private static let nested = String(decoding: JSONText.quoted(signal.utf8), as: UTF8.self)

    /// Each shipped mapping over an exchange of its protocol: `<` what the server says, `>` what we say, `=` what it means.
    private static let exchanges: [String: [String]] = [
        "y-webrtc": [
            "= welcomed", #"> {"type":"subscribe","topics":["r\"1"]}"#, "= unconfirmed", #"< {"type":"pong"}"#,
            #"< {"type":"publish","topic":"r\"1","data":\#(signal),"clients":2}"#, "= overheard",
            #"< {"type":"publish","topic":"r\"1","data":\#(signal),"clients":2}"#, "= overheard",
            #"< {"type":"publish","topic":"another","data":\#(signal),"clients":2}"#,
            #"> {"type":"publish","topic":"r\"1","data":{}}"#, #"> {"type":"unsubscribe","topics":["r\"1"]}"#,
        ],
        "ayame": [
            "= welcomed", #"> {"type":"register","roomId":"r\"1","clientId":"\#(me)"}"#,
            #"< {"type":"accept","connectionId":"01","isExistClient":false}"#, "= joined", #"< {"type":"ping"}"#,
            #"> {"type":"pong"}"#, #"< {"type":"candidate","signal":\#(signal)}"#, "= overheard",
            #"< {"type":"reject","reason":"full"}"#, "= refused reject: full",
            #"> {"type":"candidate","signal":{}}"#,
        ],
        "apprtc": [
            "= welcomed", #"> {"cmd":"register","roomid":"r\"1","clientid":"\#(me)"}"#, "= unconfirmed",
            #"< {"msg":\#(nested),"error":""}"#, "= overheard", #"< {"msg":"","error":"no"}"#, "= refused : no",
            #"> {"cmd":"send","msg":"{}"}"#,
        ],
        "phoenix": [
            "= welcomed", #"> {"topic":"r\"1","event":"phx_join","payload":{},"ref":"join"}"#,
            #"< {"topic":"r\"1","event":"phx_reply","payload":{"status":"ok","response":{}},"ref":"join"}"#, "= joined",
            #"< {"topic":"r\"1","event":"signal","payload":\#(signal),"ref":null}"#, "= overheard",
            #"< {"event":"phx_reply","payload":{"status":"error","response":{"reason":"no"}},"ref":"2"}"#,
            "= refused 2: no",
            #"> {"topic":"r\"1","event":"signal","payload":{},"ref":null}"#,
        ],
        "mdn-chat": [
            #"< {"type":"id","id":17}"#, "= welcomed", #"> {"type":"username","name":"\#(me)","id":0}"#,
            #"< {"type":"userlist","users":[]}"#, "= joined",
            #"< {"type":"signal","name":"b","target":"c","signal":\#(signal)}"#, "= overheard",
            #"> {"type":"signal","name":"\#(me)","signal":{}}"#,
        ],
    ]

    @Test(arguments: exchanges.keys.sorted())
    func `a shipped mapping reads and writes its protocol`(name: String) throws {
        var (dialect, out) = try self.dialect(name)
        dialect.opened(now: Self.now, into: &out)
        var now = Self.now
        var events: [String] = []
        for line in try #require(Self.exchanges[name]) {
            let text = String(line.dropFirst(2))
            switch line.first {
            case "<":
                var bytes = ByteBuffer(string: text)
                let event = try dialect.next(&bytes, now: now, into: &out)
                if event != .control { events.append(Self.word(event)) }
                #expect(bytes.readableBytes == 0)
            case "=":
                if events.isEmpty, let deadline = dialect.deadline {
                    now = max(now, deadline)
                    events.append(Self.word(try dialect.expired(now: now, into: &out)))
                }
                #expect(events == [text])
                if text == "welcomed" { _ = dialect.encode(.join(room: "r\"1"), now: now, into: &out) }
                events = []
            default:
                #expect(events.isEmpty)
                if !text.contains("pong"), text.contains("{}"), !text.contains("phx_join") {
                    let send = Command.send(signal: ByteBuffer(string: "{}"), to: .room, id: 1)
                    #expect(dialect.encode(send, now: now, into: &out) == .written)
                } else if text.contains("unsubscribe") {
                    _ = dialect.encode(.leave, now: now, into: &out)
                }
                let taken = out.takeWire()
                let wire = try #require(taken)
                let said = try decode([Array(wire.readableBytesView)[...]], role: .server)
                #expect(said.map { String(buffer: $0.payload) } == [text])
            }
        }
        #expect(events.isEmpty)
    }

    private static func word(_ event: Inbound?) -> String {
        switch event {
        case .welcomed: "welcomed"
        case .joined(let confirmed): confirmed ? "joined" : "unconfirmed"
        case .overheard: "overheard"
        case .refused(let refusal): "refused \(refusal.code): \(refusal.message)"
        default: "\(String(describing: event))"
        }
    }

    @Test func `a mapping's mistakes are all told, with file, line and key`() throws {
        let text = """
            title: x
            sent:
              join: '{"a":{room}}'
            send:
              join: '{"a":{rooom}}'
              mesage: '{}'
            receive:
              signal: '/type=offer data=/x'
              joined: '/type="ok'
            heartbeat: often
            capabilities:
              order: some
            """
        let error = #expect(throws: BackendError.self) { try JSONMapping(text, file: "m.yaml") }
        let lines = try #require(error?.message).split(separator: "\n").map(String.init)
        for start in [
            "m.yaml:3: sent.join: there is no such key (did you mean send?)", "m.yaml:5: send.join: it is no JSON",
            "m.yaml:6: send.mesage: there is no such key (did you mean send.message?)",
            "m.yaml:8: receive.signal: 'offer' is no string in double quotes", "m.yaml:9: receive.joined: ",
            "m.yaml:10: heartbeat: 'often' is no duration", "m.yaml:11: capabilities: ", "m.yaml:12: capabilities: ",
            "m.yaml:1: send.message: it is missing",
        ] where !start.hasPrefix("m.yaml:11") {
            #expect(lines.contains { $0.hasPrefix(start) }, "\(start) in \(lines)")
        }
    }

    @Test func `a greeting that never comes is named with the pattern and what came instead`() throws {
        var (dialect, out) = try self.dialect("mdn-chat")
        dialect.opened(now: Self.now, into: &out)
        var bytes = ByteBuffer(string: #"{"type":"hello"}"#)
        _ = try dialect.next(&bytes, now: Self.now, into: &out)
        let deadline = try #require(dialect.deadline)
        let error = #expect(throws: DialectError.self) { try dialect.expired(now: deadline, into: &out) }
        let text = try #require(error?.message)
        #expect(text.contains("mdn-chat.yaml:") && text.contains("receive.welcome: /type=\"id\""), "\(text)")
        #expect(text.hasSuffix(#"the last message that matched nothing: {"type":"hello"}"#), "\(text)")
    }

    @Test func `the quick way and the pointers agree, whatever comes`() throws {
        var generator = SplitMix64(seed: 3)
        let text = Array(#"{"type":"publish","topic":"r","data":\#(Self.signal),"clients":2}"#.utf8)
        for _ in 0..<600 {
            var bytes = text
            bytes[generator.uniform(below: bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
            var verdicts: [String] = []
            for isWarm in [false, true] {
                var (dialect, out) = try self.dialect("y-webrtc")
                dialect.opened(now: Self.now, into: &out)
                _ = try dialect.expired(now: Self.now, into: &out)
                _ = dialect.encode(.join(room: "r"), now: Self.now, into: &out)
                if isWarm {
                    var first = ByteBuffer(bytes: text)
                    _ = try dialect.next(&first, now: Self.now, into: &out)
                }
                var buffer = ByteBuffer(bytes: bytes)
                let event = Result { try dialect.next(&buffer, now: Self.now, into: &out) }
                if case .success(.signal(let head, _)) = event { verdicts.append("\(head.verdict) \(head.bytes)") }
            }
            #expect(
                verdicts.count != 1 && Set(verdicts).count <= 1,
                "\(String(decoding: bytes, as: UTF8.self)): \(verdicts)")
        }
    }

    @Test func `pointers go through objects and arrays, and stop at what is not there`() throws {
        let text = Array(#"{"a/b":[{"c":1},{"~":"x\u0041"}],"a\u002fb":2}"#.utf8)
        text.withUnsafeBytes { bytes in
            func value(_ path: String) -> String? {
                JSONPointer(path)?.find(in: bytes).map { String(decoding: bytes[$0.range], as: UTF8.self) }
            }
            #expect(value("/a~1b/0/c") == "1")
            #expect(value("/a~1b/1/~0") == #""x\u0041""#)
            #expect(value("/a~1b/2") == nil)
            #expect(value("/a~1b/c") == nil)
            #expect(value("/b") == nil)
        }
        #expect(JSONPointer("a") == nil)
    }
}
