import Backends
import Foundation
import Signaling
import TestKit
import Testing

/// A fleet on a stand-in for a Phoenix server: the real one cannot be had here.
@Suite(.enabled(if: Lane.isPatient, "the server is another program"), .sideBySide, .serialized, .timeLimit(.minutes(2)))
struct PhoenixServerTests {
    @Test(arguments: [
        ["serializer": "v2"], ["serializer": "v1", "shape": "supabase", "echo": "true", "ack": "true"],
    ])
    func `a hundred agents in rooms of five count what the closed form says`(options: [String: String]) async throws {
        let double = [try PythonPeer.required().interpreter, PythonPeer.path(of: "phoenix_double.py")]
        try await LaunchedServer.with(double, ready: .says("ready")) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            let url = try BackendURL.parse("ws://127.0.0.1:\(port)/")
            try await RealServer.checkRooms(
                20, on: BackendSettings(id: "phoenix", url: url, options: options),
                echo: options["echo"] == nil ? .none : .own, .broadcast)
        }
    }
}
