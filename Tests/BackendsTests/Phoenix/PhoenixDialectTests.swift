import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

@Suite struct PhoenixDialectTests {
    private static func settings(_ options: [String: String] = [:]) throws -> BackendSettings {
        BackendSettings(id: "phoenix", url: try BackendURL.parse("ws://127.0.0.1/?x=1"), options: options)
    }

    /// A trace of a member of `r`.
    private static func joined(_ options: [String: String] = [:]) throws -> DialectTrace<PhoenixDialect> {
        var trace = try DialectTrace<PhoenixDialect>(self.settings(options))
        let topic = (options["shape"] == "supabase" ? "realtime:" : "room:") + "r"
        let isArray = options["serializer"] != "v1"
        func reply(_ ref: Int, _ topic: String) -> String {
            isArray
                ? #"[null,"\#(ref)","\#(topic)","phx_reply",{"status":"ok","response":{}}]"#
                : #"{"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"\#(ref)","topic":"\#(topic)"}"#
        }
        #expect(try trace.receive(reply(1, "phoenix")) == ["welcomed me"])
        #expect(trace.encode(.join(room: "r")) == .written)
        #expect(try trace.receive(reply(2, topic)) == ["joined"])
        return trace
    }

    /// The texts of the frames that were said, unmasked without the code under test.
    private static func said(_ trace: inout DialectTrace<PhoenixDialect>) -> [String] {
        var bytes = trace.out.takeBytes()[...]
        var texts: [String] = []
        while bytes.count > 6 {
            bytes.removeFirst()
            var length = Int(bytes.removeFirst() & 0x7F)
            if length == 126 { length = Int(bytes.removeFirst()) << 8 | Int(bytes.removeFirst()) }
            let key = Array(bytes.prefix(4))
            bytes = bytes.dropFirst(4)
            texts.append(String(decoding: bytes.prefix(length).enumerated().map { $1 ^ key[$0 & 3] }, as: UTF8.self))
            bytes = bytes.dropFirst(length)
        }
        return texts
    }

    @Test func `a session in arrays goes heartbeat, phx_join, signal, phx_leave`() throws {
        var trace = try DialectTrace<PhoenixDialect>(Self.settings(["ack": "true"]))
        #expect(Self.said(&trace) == [#"[null,"1","phoenix","heartbeat",{}]"#])
        #expect(trace.encode(.join(room: "r")) == .refused)
        #expect(
            try trace.receive(#"[null,"1","phoenix","phx_reply",{"status":"ok","response":{}}]"#) == ["welcomed me"])
        #expect(trace.send("{}") == .refused)
        #expect(trace.encode(.join(room: "r")) == .written)
        #expect(Self.said(&trace) == [#"["2","2","room:r","phx_join",{"member":"me"}]"#])
        #expect(try trace.receive(#"["2","2","room:r","phx_reply",{"response":{},"status":"ok"}]"#) == ["joined"])
        #expect(trace.send(#"{"a":1}"#, to: .peer(PeerID("x"))) == .written)
        #expect(Self.said(&trace) == [#"["2","3","room:r","signal",{"a":1}]"#])
        #expect(try trace.receive(#"["2","3","room:r","phx_reply",{"response":{},"status":"ok"}]"#) == ["acked 7"])
        #expect(trace.send("{}") == .written)
        #expect(
            try trace.receive(#"["2","4","room:r","phx_reply",{"response":{"reason":"rate"},"status":"error"}]"#) == [
                "refused send error: rate"
            ])
        #expect(trace.encode(.leave) == .written && trace.encode(.leave) == .refused)
        #expect(Self.said(&trace).last == #"["2","5","room:r","phx_leave",{}]"#)
        #expect(try trace.receive(#"["2","5","room:r","phx_close",{}]"#) == ["control"])
    }

    @Test func `Supabase's shape in objects wraps signals and asks for what is wanted`() throws {
        let options = [
            "serializer": "v1", "shape": "supabase", "echo": "true", "presence": "true", "apikey": "K&",
        ]
        #expect(
            try PhoenixDialect.carrier(Self.settings(options))
                == .webSocket(
                    WebSocketPlan(data: .text, path: "/realtime/v1/websocket?apikey=K%26&vsn=1.0.0&x=1")))
        var trace = try DialectTrace<PhoenixDialect>(Self.settings(options))
        let heard = #"{"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"1","topic":"phoenix"}"#
        _ = try trace.receive(heard)
        _ = trace.encode(.join(room: "r"))
        let config =
            #"{"config":{"broadcast":{"self":true,"ack":false},"presence":{"key":"me","enabled":true},"#
            + #""private":false,"postgres_changes":[]},"access_token":"K&"}"#
        #expect(
            Self.said(&trace).last
                == #"{"topic":"realtime:r","event":"phx_join","payload":\#(config),"ref":"2","join_ref":"2"}"#)
        _ = try trace.receive(#"{"event":"phx_reply","payload":{"status":"ok"},"ref":"2","topic":"realtime:r"}"#)
        #expect(
            Self.said(&trace) == [
                #"{"topic":"realtime:r","event":"presence","payload":"#
                    + #"{"type":"presence","event":"track","payload":{}},"ref":"3","join_ref":"2"}"#
            ])
        _ = trace.send("{}")
        #expect(
            Self.said(&trace) == [
                #"{"topic":"realtime:r","event":"broadcast","payload":"#
                    + #"{"type":"broadcast","event":"signal","payload":{}},"ref":"4","join_ref":"2"}"#
            ])
        let diff = #"{"joins":{"a":{"metas":[]},"me":{}},"leaves":{"b":{}}}"#
        #expect(
            try trace.receive(#"{"event":"presence_diff","payload":\#(diff),"ref":null,"topic":"realtime:r"}"#) == [
                "came a", "went b",
            ])
    }

    private static let mine = #"{"type":"offer","from":"b","sendto":"me","sdp":"é"}"#
    private static let others = #"{"type":"offer","from":"b","sendto":"c","sdp":"\r\n"}"#

    @Test(arguments: ["v1", "v2"], ["plain", "supabase"])
    func `every form of a signal is judged alike, the first and the next`(serializer: String, shape: String) throws {
        var trace = try Self.joined(["serializer": serializer, "shape": shape])
        let topic = (shape == "plain" ? "room:" : "realtime:") + "r"
        let event = shape == "plain" ? "signal" : "broadcast"
        for (signal, expected) in [(Self.mine, "signal \(Self.mine)"), (Self.others, "overheard overheard")] {
            let payloads =
                shape == "plain"
                ? [signal]
                : [
                    #"{"event":"signal","payload":\#(signal),"type":"broadcast"}"#,
                    #"{ "meta": {"id":"x"}, "payload" : \#(signal), "event":"signal"}"#,
                ]
            for payload in payloads {
                for text in [
                    #"[null,null,"\#(topic)","\#(event)",\#(payload)]"#,
                    #" [ "2", null, "\#(topic)", "\#(event)", \#(payload) ] "#,
                    #"{"event":"\#(event)","payload":\#(payload),"ref":null,"topic":"\#(topic)"}"#,
                ] {
                    for _ in 0..<2 { #expect(try trace.receive(text) == [expected], "\(text)") }
                }
            }
        }
        for text in [
            #"[null,null,"room:other","\#(event)",\#(Self.mine)]"#, #"[null,null,"\#(topic)","other",{}]"#,
            #"[null,null,"\#(topic)","presence_state",{}]"#,
        ] { #expect(try trace.receive(text) == ["control"]) }
    }

    @Test func `refusals and the end of a channel carry the server's words`() throws {
        var trace = try DialectTrace<PhoenixDialect>(Self.settings())
        _ = try trace.receive(#"[null,"1","phoenix","phx_reply",{"status":"ok"}]"#)
        _ = trace.encode(.join(room: "r"))
        let words = #"["2","2","room:r","phx_reply",{"status":"error","response":{"reason":"unauthorized"}}]"#
        #expect(try trace.receive(words) == ["refused join error: unauthorized"])
        var member = try Self.joined()
        #expect(
            try member.receive(#"[null,null,"room:r","system",{"status":"error","message":"slow"}]"#) == [
                "refused other system: slow"
            ])
        #expect(
            try member.receive(#"["2","2","room:r","phx_error",{}]"#) == [
                "refused other phx_error: the channel is gone"
            ])
        #expect(member.send("{}") == .refused)
    }

    @Test(arguments: ["x", "{", "7", #"[null,null,"room:r","signal",[]]"#, #"[null,null,"room:r","signal"]"#])
    func `what breaks the protocol is an error`(text: String) throws {
        var trace = try Self.joined()
        #expect(throws: DialectError.self) { try trace.receive(text) }
    }

    @Test func `heartbeats go out on time, and one that is not answered ends the session`() throws {
        var trace = try DialectTrace<PhoenixDialect>(Self.settings(["heartbeat": "20s"]))
        let start = DialectTrace<PhoenixDialect>.now
        #expect(throws: DialectError(code: .timeout, message: "")) {
            var late = trace
            _ = try late.dialect.expired(now: start + 10_000_000_000, into: &late.out)
        }
        _ = try trace.receive(#"[null,"1","phoenix","phx_reply",{"status":"ok"}]"#)
        _ = Self.said(&trace)
        let beat = try #require(trace.dialect.deadline)
        #expect(beat == start + 20_000_000_000)
        #expect(try trace.dialect.expired(now: beat, into: &trace.out) == nil)
        #expect(Self.said(&trace) == [#"[null,"2","phoenix","heartbeat",{}]"#])
        #expect(throws: DialectError(code: .timeout, message: "")) {
            try trace.dialect.expired(now: beat + 20_000_000_000, into: &trace.out)
        }
    }

    @Test func `frames mean the same however they come`() throws {
        let texts = [
            #"[null,null,"room:r","signal",\#(Self.mine)]"#, #"[null,null,"room:r","signal",\#(Self.others)]"#,
            #"[null,null,"room:r","presence_diff",{"joins":{},"leaves":{}}]"#,
        ]
        let frames = texts.flatMap { RawFrame(1, Array($0.utf8)).bytes }
        let events = ["signal \(Self.mine)", "overheard overheard", "control"]
        try CodecVerifier.verify(frames, expected: events) { chunks in
            var trace = try Self.joined()
            return try decode(chunks, role: .client).flatMap { try trace.receive($0.payload.readableBytesView) }
        }
    }

    @Test func `hostile texts never trap`() throws {
        var generator = SplitMix64(seed: 14)
        let texts = [
            #"[null,null,"room:r","signal",\#(Self.mine)]"#, #"["2","3","room:r","phx_reply",{"status":"ok"}]"#,
            #"{"event":"presence_diff","payload":{"joins":{"a":{}},"leaves":{}},"ref":null,"topic":"room:r"}"#,
        ]
        var errors = 0
        for round in 0..<1_000 {
            var bytes = Array(texts[round % 3].utf8)
            for _ in 0...generator.uniform(below: 4) {
                bytes[generator.uniform(below: bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
            }
            var trace = try Self.joined(["presence": "true"])
            do { _ = try trace.receive(bytes.prefix(1 + generator.uniform(below: bytes.count))) } catch { errors += 1 }
        }
        #expect(errors > 100, "\(errors)")
    }
}
