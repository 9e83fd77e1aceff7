import NIOCore
import Signaling
import Testing

@testable import Backends

/// The dialect by itself: what it says, what it takes, and what it does not fall for.
struct SocketIODialectTests {
    private static let hello =
        #"0{"sid":"engine","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000}"#

    /// A dialect and its outbox, with a clock that stands still unless it is set.
    struct Subject {
        var dialect: SocketIODialect
        var outbox = Outbox(seed: 1, framing: .engineIOPackets)
        var now = Instant(nanoseconds: 0)

        init(_ options: [String: String] = [:], url: String = "http://127.0.0.1:1/") throws {
            let url = try BackendURL.parse(url)
            self.dialect = try SocketIODialect(
                BackendSettings(id: "socketio", url: url, options: options), ticket: .none)
            self.dialect.opened(now: self.now, into: &self.outbox)
        }

        /// Feeds one packet.
        mutating func take(_ packet: String) throws -> Inbound? {
            var bytes = ByteBuffer(string: packet)
            let event = try self.dialect.next(&bytes, now: self.now, into: &self.outbox)
            #expect(bytes.readableBytes == 0)
            return event
        }

        /// The texts of what was said since, unmasked.
        mutating func said() throws -> [String] {
            let bytes = self.outbox.takeBytes()
            return try decode([bytes[...]], role: .server).map { String(buffer: $0.payload) }
        }

        mutating func encode(_ command: Command) -> Submission {
            self.dialect.encode(command, now: self.now, into: &self.outbox)
        }

        /// Goes through everything up to the membership.
        mutating func join(_ hello: String) throws {
            #expect(try self.take(hello) == .control)
            #expect(try self.take(#"40{"sid":"me"}"#) == .welcomed(PeerID(bytes: Array("me".utf8))))
            #expect(self.encode(.join(room: "r")) == .written)
            #expect(try self.take("430[]") == .joined(confirmed: true))
            _ = try self.said()
        }
    }

    @Test func `it connects, joins, speaks and leaves in the words of the specification`() throws {
        var subject = try Subject()
        _ = try subject.take(Self.hello)
        #expect(try subject.said() == ["40"])
        _ = try subject.take(#"40{"sid":"me","pid":"x"}"#)
        #expect(subject.encode(.join(room: "a \" \u{1F600}")) == .written)
        #expect(try subject.said() == ["420[\"enter\",\"a \\\" \u{1F600}\"]"])
        #expect(try subject.take("430[true]") == .joined(confirmed: true))
        #expect(subject.encode(.send(signal: ByteBuffer(string: #"{"type":"call"}"#), to: .room, id: 1)) == .written)
        #expect(subject.encode(.leave) == .written)
        #expect(subject.encode(.send(signal: ByteBuffer(string: "{}"), to: .room, id: 2)) == .refused)
        #expect(try subject.said() == [#"42["message",{"type":"call"}]"#, #"42["leave"]"#])
    }

    @Test func `the settings name its events and fields`() throws {
        var subject = try Subject([
            "events.join": "join", "events.message": "signal", "events.direct": "signal_to", "events.left": "left",
            "fields.to": "target",
        ])
        _ = try subject.take(Self.hello)
        _ = try subject.take(#"40{"sid":"me"}"#)
        #expect(subject.encode(.join(room: "r")) == .written)
        let peer = PeerID(bytes: Array("you".utf8))
        let signal = ByteBuffer(string: #"{"type":"offer","sendto":"you"}"#)
        #expect(subject.encode(.send(signal: signal, to: .peer(peer), id: 1)) == .written)
        #expect(subject.encode(.send(signal: ByteBuffer(string: #"{"type":"call"}"#), to: .room, id: 2)) == .written)
        #expect(
            try subject.said() == [
                "40", #"420["join","r"]"#, #"42["signal_to",{"target":"you","type":"offer","sendto":"you"}]"#,
                #"42["signal",{"type":"call"}]"#,
            ])
        for event in [#"42["left","you"]"#, #"42["left",{"id":"you"}]"#] {
            #expect(try subject.take(event) == .peerLeft(peer))
        }
        for event in ["signal", "signal_to"] {
            guard case .signal(let head, _) = try subject.take(#"42["\#(event)",{"type":"call","from":"you"}]"#) else {
                Issue.record("\(event) is no signal")
                continue
            }
            #expect(head.kind == .call)
        }
        #expect(try subject.take(#"42["message",{"type":"call"}]"#) == .control)
    }

    @Test func `it tells what is for it from what is not`() throws {
        var subject = try Subject()
        try subject.join(Self.hello)
        /// Packets in the server's form, in another, with an acknowledgement id.
        for packet in [
            #"42["message",{"type":"offer","sendto":"me","from":"you"}]"#,
            #"42[ "message" , {"type":"offer","sendto":"me","from":"you"} , 7 ]"#,
            #"4217["message",{"type":"offer","sendto":"me","from":"you"}]"#,
            #"42["mess\u0061ge",{"type":"offer","sendto":"me","from":"you"}]"#,
        ] {
            guard case .signal(let head, let body) = try subject.take(packet) else {
                Issue.record("\(packet) is no signal")
                continue
            }
            let bytes = Array(packet.utf8)
            #expect(String(decoding: bytes[body], as: UTF8.self) == #"{"type":"offer","sendto":"me","from":"you"}"#)
            #expect(String(decoding: bytes[head.from], as: UTF8.self) == "you")
        }
        for packet in [
            #"42["message",{"type":"offer","sendto":"other","from":"you"}]"#,
            #"42["message",{"type":"call","from":"me"}]"#,
        ] {
            guard case .overheard = try subject.take(packet) else {
                Issue.record("\(packet) was not overheard")
                continue
            }
        }
        for packet in [
            "3", "6", #"42["message"]"#, #"42["message","text"]"#, #"42["other",{}]"#, #"42/x,["message",{}]"#,
        ] {
            #expect(try subject.take(packet) == .control, "\(packet)")
        }
    }

    @Test func `revision 4 is pinged and given up in its silence, revision 3 pings`() throws {
        var four = try Subject()
        try four.join(Self.hello)
        #expect(try four.take("2") == .control)
        #expect(try four.said() == ["3"])
        #expect(four.dialect.deadline == Instant(nanoseconds: 500_000_000))
        four.now = Instant(nanoseconds: 500_000_000)
        #expect(throws: DialectError(code: .timeout, message: "")) {
            try four.dialect.expired(now: four.now, into: &four.outbox)
        }

        var three = try Subject(["engine": "3"])
        #expect(try three.take(Self.hello) == .control)
        #expect(try three.take("40") == .welcomed(PeerID(bytes: Array("engine".utf8))))
        #expect(try three.said().isEmpty)
        three.now = Instant(nanoseconds: 300_000_000)
        #expect(three.dialect.deadline == three.now)
        #expect(try three.dialect.expired(now: three.now, into: &three.outbox) == nil)
        #expect(try three.said() == ["2"])
    }

    @Test func `a refused join and a refused CONNECT are told`() throws {
        var subject = try Subject()
        _ = try subject.take(Self.hello)
        _ = try subject.take(#"40{"sid":"me"}"#)
        _ = subject.encode(.join(room: "r"))
        guard case .refused(let refusal) = try subject.take(#"430[{"error":"full"}]"#) else {
            Issue.record("no refusal")
            return
        }
        #expect(refusal.code == "full" && refusal.subject == .join)

        var other = try Subject()
        _ = try other.take(Self.hello)
        guard case .closed(.denied(let why)) = try other.take(#"44{"message":"not you"}"#) else {
            Issue.record("no end")
            return
        }
        #expect(why.contains("not you"))
    }

    @Test(arguments: ["x", "7", "5", "4", "4x", "0{}"])
    func `what no server may send ends the connection`(packet: String) throws {
        var subject = try Subject()
        try subject.join(Self.hello)
        #expect(throws: DialectError.self) { try subject.take(packet) }
    }

    @Test func `random packets end the connection or mean nothing`() throws {
        var generator = SplitMix64(seed: 3)
        let alphabet =
            Array(#"0123456{}[]":,-/\ message user disconnected type sendto from me"#.utf8) + [0, 0xFF, 0xC3]
        for _ in 0..<20_000 {
            var subject = try Subject()
            try subject.join(Self.hello)
            let heads = ["", "4", "42", #"42["message","#, #"42["message",{"type":"offer","sendto":"me","#, "430"]
            let noise = (0..<generator.uniform(below: 60)).map { _ in alphabet[generator.uniform(below: alphabet.count)]
            }
            var bytes = ByteBuffer(bytes: Array(heads[generator.uniform(below: heads.count)].utf8) + noise)
            let end = bytes.writerIndex
            guard let event = try? subject.dialect.next(&bytes, now: subject.now, into: &subject.outbox) else {
                continue
            }
            if case .signal(let head, let body) = event {
                #expect(body.upperBound <= end && head.from.upperBound <= end)
            }
        }
    }
}
