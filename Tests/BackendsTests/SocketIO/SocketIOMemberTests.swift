import Backends
import NIOCore
import NIOPosix
import Signaling
import TestKit
import Testing

/// The room relay with clients that we did not write, and with our own dialect on every carrier that it has.
@Suite(.enabled(if: Lane.isSerial, "the clients are other programs"), .timeLimit(.minutes(3)))
struct SocketIOMemberTests {
    @Test(
        arguments: ["websocket", "polling", "polling,websocket"])
    func `python-socketio of revision 4 is a member like any other`(transports: String) async throws {
        let python = try PythonPeer.required()
        try await self.check(python, transports)
    }

    @Test(
        arguments: ["websocket", "polling", "polling,websocket"])
    func `python-socketio of revision 3 is a member like any other`(transports: String) async throws {
        let python = try PythonPeer.requiredForEngineIO3()
        try await self.check(python, transports)
    }

    private func check(_ python: PythonPeer, _ transports: String) async throws {
        try await withRelay("socketio") { server, _ in
            let outcome = try await python.run(file: "socketio_members.py", [server.url, transports])
            #expect(outcome.output == "ok\n", "\(outcome.errors)")
            try await eventually("everybody is gone") { await server.counters().open == 0 }
            #expect(await server.counters().rooms == 0)
        }
    }

    @Test(arguments: ["websocket", "polling", "polling,websocket"], ["3", "4"])
    func `the dialect speaks with members of every other kind`(transport: String, engine: String) async throws {
        try await withRelay("socketio") { server, group in
            let url = try BackendURL.parse(server.url)
            let loop = group.next()
            let subject = try await LiveMember.join(
                "r", BackendSettings(id: "socketio", url: url, options: ["transport": transport, "engine": engine]),
                on: loop)
            let peer = try await LiveMember.join(
                "r", BackendSettings(id: "socketio", url: url), on: loop)
            let bystander = try await LiveMember.join(
                "elsewhere", BackendSettings(id: "socketio", url: url), on: loop)
            let (id, peerID) = try await (subject.id, peer.id)
            let peerName = String(decoding: peerID.bytes, as: UTF8.self)
            for n in 0..<500 {
                try await subject.send(#"{"type":"chatter","from":"forged","n":\#(n)}"#)
            }
            try await subject.send(#"{"type":"offer","sendto":"\#(peerName)","sdp":"v=0"}"#, to: .peer(peerID))
            try await eventually("all came") { try await peer.received.count == 501 }
            let heard = try await peer.received.map(\.text)
            let name = String(decoding: id.bytes, as: UTF8.self)
            #expect(heard.dropLast() == (0..<500).map { #"{"type":"chatter","from":"\#(name)","n":\#($0)}"# })
            #expect(heard.last == #"{"from":"\#(name)","type":"offer","sendto":"\#(peerName)","sdp":"v=0"}"#)
            try await peer.send(#"{"type":"answer","sendto":"\#(name)","sdp":"v=0"}"#, to: .peer(id))
            try await eventually("the answer came") { try await subject.received.count == 1 }
            #expect(try await subject.received[0].isMine)
            #expect(try await bystander.received.isEmpty)
        }
    }

    @Test func `a server that refuses the room refuses the member`() async throws {
        try await withRelay("socketio") { server, group in
            let url = try BackendURL.parse(server.url)
            await #expect(throws: DialectError.self) {
                try await LiveMember.join(
                    String(repeating: "x", count: 2_000), BackendSettings(id: "socketio", url: url), on: group.next())
            }
        }
    }
}
