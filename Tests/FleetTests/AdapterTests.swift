import Backends
import Fleet
import Foundation
import Measure
import Signaling
import TestKit
import Testing
import Workload

/// A fleet behind programs that speak JSON lines.
@Suite(
    .enabled(if: Lane.isPatient, "the adapter is another program"), .sideBySide, .serialized, .timeLimit(.minutes(2)))
struct AdapterTests {
    private static let adapters = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/signalbench/Documentation.docc/Adapters").path

    private static func law(rooms: Int, members: Int, _ samples: LoopSamples) {
        let law = MeshArithmetic(
            members: members, offererCandidates: 2, answererCandidates: 2, echo: .none, delivery: .broadcast,
            joining: .present(callers: members), byes: true)
        #expect(samples.signaling.sent == UInt64(rooms * law.messages))
        #expect(samples.signaling.deliveries == UInt64(rooms * law.deliveries))
        #expect(samples.roomsComplete == rooms)
        #expect(samples.session.connected == rooms * members)
        #expect(samples.ledger.lost == 0)
    }

    @Test func `two hundred agents behind one adapter over websockets complete every mesh`() async throws {
        let python = try PythonPeer.required()
        var test = TestRun(agents: 200, roomSize: 5, candidates: 2)
        test.adapter = "\(python.interpreter) \(Self.adapters)/relay_adapter.py"
        // Forty meshes at once keep a Python program busy for a while, and the closed form is of one call after another.
        test.profile.calls.gap = .milliseconds(1_500)
        test.profile.phases.steady = .seconds(3)
        let samples = try await test.run().samples
        Self.law(rooms: 40, members: 5, samples)
        #expect(samples.causes.sorted.isEmpty)
    }

    @Test func `an adapter over HTTP does too`() async throws {
        let python = try PythonPeer.required()
        let words = [python.interpreter, PythonPeer.path(of: "http_rooms.py")]
        try await LaunchedServer.with(words, ready: .says("ready")) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            var test = TestRun(agents: 20, roomSize: 4, candidates: 2)
            test.adapter = "\(python.interpreter) \(Self.adapters)/http_adapter.py 127.0.0.1:\(port)"
            Self.law(rooms: 5, members: 4, try await test.run().samples)
        }
    }

    @Test(arguments: [
        ("echo no licence >&2; exit 3;:", "ended with exit status 3 before it said hello; it wrote: no licence"),
        ("./there-is-no-such-adapter", "ended with exit status 127"), ("echo hello", "did not begin with"),
        ("sleep 60", "did not say hello in time"),
    ])
    func `an adapter that is none is refused before the run`(command: String, cause: String) throws {
        let settings = BackendSettings(
            id: "exec", url: BackendURL(command: "sh -c '\(command)'"), connectTimeout: 500_000_000)
        let error = #expect(throws: BackendError.self) { try BackendCatalogue.capabilities(settings) }
        #expect(error?.message.contains(cause) == true, "\(String(describing: error))")
    }

    @Test func `an adapter that dies in mid-run is a cause with its status and last words`() async throws {
        // It greets and answers pings, and dies of the first agent.
        let script = #"""
            import sys, json
            for line in sys.stdin:
                line = json.loads(line)
                if line["op"] == "open" and line["agent"] == 3: sys.exit("out of coffee")
                if line["op"] == "hello": print(json.dumps({"op": "hello", "version": 1}), flush=True)
                if line["op"] == "ping": print(json.dumps({"op": "pong", "n": line["n"]}), flush=True)
            """#
        let file = FileManager.default.temporaryDirectory.appending(path: "adapter-\(UUID()).py")
        try script.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        var test = TestRun(agents: 4, roomSize: 4, candidates: 2)
        test.adapter = "\(try PythonPeer.required().interpreter) \(file.path)"
        let causes = try await test.run().samples.causes.sorted
        #expect(causes.contains { $0.text.contains("exit status 1; it wrote: out of coffee") }, "\(causes)")
    }
}
