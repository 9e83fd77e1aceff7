import Signaling
import TestKit
import Testing

/// Meshes over a PeerServer that is not ours, PyPI's `python-peerjs-server`.
@Suite(
    .enabled(if: Lane.isPatient, "the PeerServer is another program"), .sideBySide, .serialized, .timeLimit(.minutes(2))
)
struct PeerJSFleetTests {
    @Test func `each signal reaches the members one by one, and counts what the closed form says`() async throws {
        let python = try PythonPeer.required()
        let port = try #require(try Loopback.freePorts(1).first)
        let words = [
            python.interpreter, "-m", "python_peerjs_server", "--host", "127.0.0.1", "--port", "\(port)",
            "--log-level", "error",
        ]
        try await LaunchedServer.with(words, ready: .listening([port])) { _ in
            try await BrokerFleet.check(
                "peerjs", "ws://127.0.0.1:\(port)/", agents: 50, echo: .none, delivery: .routed, rate: 50)
        }
    }
}
