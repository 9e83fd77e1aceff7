import Foundation
import Glibc
import TestKit
import Testing

/// An emulator with a data folder, killed in the middle of pushes: what it acknowledged is there when it comes back.
@Suite(.enabled(if: PythonPeer.isEngineIO3Expected, "\(PythonPeer.skipReason)"), .timeLimit(.minutes(2)))
struct BaasDurabilityTests {
    @Test func `no acknowledged push is lost by kill −9`() async throws {
        let python = try PythonPeer.requiredForEngineIO3()
        let folder = try TemporaryFolder()
        let port = try LoopbackListener.freePort()
        let serve = ["serve", "baas", "--port", "\(port)", "--data", folder.path + "/data"]
        let url = "http://127.0.0.1:\(port)"
        for round in 1...2 {
            let server = try SignalbenchProcess(serve)
            try await server.wait { $0.output.contains("\"ready\":true") }
            async let pushing = python.run(Self.push, [url, "\(round)"])
            // In the midst of it: some hundred pushes are on the disk, and more are under way.
            let log = folder.path + "/data/baas.log"
            let before = Self.size(log)
            let patience = ContinuousClock.now + .seconds(20)
            while Self.size(log) < before + 8_192, ContinuousClock.now < patience {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(Self.size(log) >= before + 8_192)
            server.send(SIGKILL)
            _ = try await server.end()
            let acknowledged = try await pushing
            #expect(acknowledged.status == 0, "\(acknowledged.errors)")
            let count = try #require(Int(acknowledged.output.trimmingCharacters(in: .whitespacesAndNewlines)))
            #expect(count > 10)
            let again = try SignalbenchProcess(serve)
            try await again.wait { $0.output.contains("\"ready\":true") }
            let found = try await python.run(Self.count, [url, "\(round)", "\(count)"])
            #expect(found.output == "ok\n", "\(found.errors)")
            again.send(SIGTERM)
            _ = try await again.end(within: .seconds(10))
        }
    }

    private static func size(_ path: String) -> Int {
        var found = stat()
        return stat(path, &found) == 0 ? Int(found.st_size) : 0
    }

    /// Pushes until the connection is lost; prints how many pushes were acknowledged, which is in order.
    private static let push = #"""
        import sys, threading, time
        import socketio
        client, ready, gone = socketio.Client(reconnection=False), threading.Event(), threading.Event()
        acknowledged = set()
        client.on("a", lambda data: acknowledged.add(data["callback_id"]) if data["docs"]["err"] is None else None)
        client.on("init", lambda data: ready.set())
        client.on("disconnect", gone.set)
        client.connect(sys.argv[1], transports=["websocket"])
        assert ready.wait(10)
        n = 0
        while not gone.is_set():
            try:
                client.emit("push", {"path": "round" + sys.argv[2], "value": {"n": n}, "callback_id": n})
            except Exception:
                break
            n += 1
            time.sleep(0.001)
        gone.wait(10)
        time.sleep(0.2)
        assert acknowledged == set(range(len(acknowledged)))
        print(len(acknowledged))
        """#

    private static let count = #"""
        import queue, sys, threading
        import socketio
        client, answers, ready = socketio.Client(reconnection=False), queue.Queue(), threading.Event()
        client.on("a", lambda data: answers.put(data["docs"]))
        client.on("init", lambda data: ready.set())
        client.connect(sys.argv[1], transports=["websocket"])
        assert ready.wait(10)
        client.emit("fm", {"path": "round" + sys.argv[2], "query": {}, "option": {}, "callback_id": 0})
        found = [document["n"] for document in answers.get(timeout=10)]
        client.disconnect()
        assert found == list(range(len(found))) and len(found) >= int(sys.argv[3]), (len(found), sys.argv[3])
        print("ok")
        """#
}
