import NIOPosix
import Signaling
import TestKit
import Testing

@testable import Backends

/// Members of ours beside clients of Phoenix that were not written here, on a stand-in for a server.
@Suite(
    .enabled(if: Lane.isPatient, "the server and the clients are other programs"), .sideBySide, .serialized,
    .timeLimit(.minutes(2)))
struct PhoenixClientTests {
    /// A client, what our dialect is told, and the topic that both are in.
    struct Case: Sendable {
        var client: String
        var options: [String: String]
        var topic: String
        /// What our member hears of the client; nil for one that only listens.
        var heard: String?
    }

    @Test(arguments: [
        Case(
            client: "realtime", options: ["shape": "supabase", "serializer": "v1", "presence": "true"], topic: "r1",
            heard: "python"),
        Case(client: "realtime", options: ["shape": "supabase"], topic: "r1", heard: "python"),
        // This client drops what bears no number of its join, as a broadcast of Phoenix's does.
        Case(client: "channels", options: [:], topic: "room:pushed", heard: nil),
    ])
    func `a client that was not written here and a member of ours hear each other`(test: Case) async throws {
        let python = try PythonPeer.required()
        let double = [python.interpreter, PythonPeer.path(of: "phoenix_double.py")]
        try await LaunchedServer.with(double, ready: .says("ready")) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            let url = "ws://127.0.0.1:\(port)/"
            let room = test.topic.split(separator: ":").last.map(String.init) ?? ""
            let settings = BackendSettings(id: "phoenix", url: try BackendURL.parse(url), options: test.options)
            let member = try await LiveMember.join(
                room, settings, on: MultiThreadedEventLoopGroup.singleton.any())
            let client = [python.interpreter, PythonPeer.path(of: "phoenix_members.py"), test.client, url, test.topic]
            try await LaunchedServer.with(client, ready: .says("joined")) { client in
                try await member.send(#"{"type":"call","from":"swift","n":[1,"é"]}"#)
                while client.status == nil { try await Task.sleep(for: .milliseconds(20)) }
                #expect(client.status == 0, "\(client.errors)")
                let line = client.output.split(separator: "\n").last ?? ""
                #expect(line.contains(#""from": "swift""#) && line.contains(#"[1, "\u00e9"]"#), "\(line)")
            }
            if let heard = test.heard {
                let texts = try await member.received.map(\.text)
                #expect(texts.count == 1 && texts[0].contains(heard), "\(texts)")
            }
            try await member.close()
        }
    }

    @Test func `a join that is refused is told in the server's words`() async throws {
        let double = [try PythonPeer.required().interpreter, PythonPeer.path(of: "phoenix_double.py")]
        try await LaunchedServer.with(double, ready: .says("ready")) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            let url = try BackendURL.parse("ws://127.0.0.1:\(port)/")
            let error = await #expect(throws: DialectError.self) {
                _ = try await LiveMember.join(
                    "forbidden", BackendSettings(id: "phoenix", url: url),
                    on: MultiThreadedEventLoopGroup.singleton.any())
            }
            #expect(error?.message == "unauthorized")
        }
    }
}
