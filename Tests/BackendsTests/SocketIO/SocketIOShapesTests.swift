import NIOCore
import Signaling
import Testing

@testable import Backends

/// What servers of other people ask for: namespaces, payloads of CONNECT, arguments in other places.
struct SocketIOShapesTests {
    private static let hello = #"0{"sid":"engine","upgrades":[],"pingInterval":300,"pingTimeout":200}"#

    private func connected(
        _ options: [String: String], url: String = "http://h/", connect: String = "40"
    ) throws -> SocketIODialectTests.Subject {
        var subject = try SocketIODialectTests.Subject(options, url: url)
        #expect(try subject.take(Self.hello) == .control)
        #expect(try subject.said() == [connect])
        return subject
    }

    @Test func `CONNECT names the namespace and bears the payload`() throws {
        var subject = try self.connected(
            ["auth": #"{"token":"abc"}"#], url: "http://h/signal", connect: #"40/signal,{"token":"abc"}"#)
        #expect(try subject.take(#"40/signal,{"sid":"me"}"#) == .welcomed(PeerID(bytes: Array("me".utf8))))
        #expect(subject.encode(.join(room: "r")) == .written)
        #expect(try subject.said() == [#"42/signal,0["enter","r"]"#])
        #expect(try subject.take(#"43/signal,0[true]"#) == .joined(confirmed: true))
        #expect(try subject.take(#"42/other,["message",{"type":"call","from":"x"}]"#) == .control)
        guard case .signal = try subject.take(#"42/signal,["message",{"type":"call","from":"x"}]"#) else {
            Issue.record("the signal was not taken")
            return
        }
        #expect(subject.encode(.close) == .written)
        #expect(try subject.said().first == "41/signal,")
    }

    @Test(arguments: [#"44{"message":"not authorized"}"#, #"44/signal,{"message":"not authorized"}"#])
    func `the words of CONNECT_ERROR are in the reason`(packet: String) throws {
        var subject = try self.connected([:], url: "http://h/signal", connect: "40/signal,")
        guard case .closed(.denied(let why)) = try subject.take(packet) else {
            Issue.record("no refusal")
            return
        }
        #expect(why.hasPrefix("CONNECT was refused: not authorized; backend.auth "))
    }

    @Test func `arguments are shaped, and found again`() throws {
        var subject = try self.connected([
            "args.join": #"[{"room": "{room}", "me": "{id}"}]"#,
            "args.message": #"["{room}", {"sdp": "{signal}"}, "{to}"]"#,
            "signalAt": "1.sdp", "events.offer": "sdp-offer",
        ])
        _ = try subject.take(#"40{"sid":"me"}"#)
        #expect(subject.encode(.join(room: "r \"")) == .written)
        #expect(try subject.said() == [#"420["enter",{"room": "r \"", "me": "me"}]"#])
        _ = try subject.take("430[]")
        let offer = #"{"type":"offer","sdp":"v=0"}"#
        #expect(
            subject.encode(
                .send(signal: ByteBuffer(string: offer), to: .peer(PeerID(bytes: Array("p".utf8))), id: 1)) == .written)
        #expect(
            subject.encode(.send(signal: ByteBuffer(string: #"{"type":"call"}"#), to: .room, id: 2)) == .written)
        #expect(
            try subject.said() == [
                #"42["sdp-offer","r \"", {"sdp": {"type":"offer","sdp":"v=0"}}, "p"]"#,
                #"42["message","r \"", {"sdp": {"type":"call"}}, null]"#,
            ])
        for packet in [
            #"42["sdp-offer","r",{"at":1,"sdp":{"type":"offer","from":"x"}},null]"#,
            #"42["message","r",{"sdp":"{\"type\":\"offer\",\"from\":\"x\"}"},"offset"]"#,
        ] {
            guard case .signal(let head, _) = try subject.take(packet) else {
                Issue.record("\(packet) was not taken")
                continue
            }
            #expect(head.kind == .offer)
        }
        #expect(try subject.take(#"42["message","r",{"other":1}]"#) == .control)
    }

    @Test(arguments: [
        ("0", #"S,"offset-1""#), ("0", #"S,{"from":"z","type":"offer"}"#), ("0", #"S,null"#),
        ("0.payload", #"{"sender":"x","payload":S}"#), ("0.payload", #"{"payload":S,"from":"z"},1"#), ("1", #""x",S"#),
        ("1", "{},S,{}"),
    ])
    func `a signal ends where it ends, whatever stands around it, the first and the second time`(
        place: String, arguments: String
    ) throws {
        var subject = try self.connected(["signalAt": place])
        _ = try subject.take(#"40{"sid":"me"}"#)
        _ = subject.encode(.join(room: "r"))
        _ = try subject.take("430[]")
        let signal = #"{"type":"answer","from":"x","tag":"0000002a.0001.0003.00.00007.89abcdef","sdp":"}]"}"#
        for _ in 0..<2 {
            let packet = #"42["message",\#(arguments.replacing("S", with: signal))]"#
            guard case .signal(let head, let body) = try subject.take(packet) else {
                Issue.record("\(packet) was not taken")
                return
            }
            #expect(head.kind == .answer && body.count == signal.utf8.count)
        }
    }

    @Test func `what real servers add is taken`() throws {
        var subject = try self.connected([:])
        _ = try subject.take(#"40{"sid":"me","pid":"secret"}"#)
        _ = subject.encode(.join(room: "r"))
        _ = try subject.take("430[]")
        _ = try subject.said()
        // A recovery offset behind the signal, a request for an acknowledgement, a binary event with a whole signal.
        for (packet, answer) in [
            (#"42["message",{"type":"call","from":"x"},"offset-1"]"#, []),
            (#"4217["message",{"type":"call","from":"x"}]"#, ["4317[]"]),
            (#"451-["message",{"type":"call","from":"x"},{"_placeholder":true,"num":0}]"#, []),
        ] {
            guard case .signal = try subject.take(packet) else {
                Issue.record("\(packet) was not taken")
                continue
            }
            #expect(try subject.said() == answer)
        }
        #expect(try subject.take(#"42["news",1]"#) == .control)
        #expect(try subject.take(#"461-[]"#) == .control)
    }

    @Test(arguments: [["auth": "abc"], ["args.join": "{}"], ["signalAt": "x"], ["query": "{"]])
    func `a shape that means nothing is a mistake`(options: [String: String]) throws {
        #expect(throws: BackendError.self) { try SocketIODialectTests.Subject(options) }
    }
}
