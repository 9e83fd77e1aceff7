import Foundation
import Glibc
import TestKit
import Testing

/// An emulator with a data folder, killed in the middle of pushes: what it acknowledged is there when it comes back.
@Suite(.enabled(if: Lane.isSerial, "it kills the program in the midst of writes"), .timeLimit(.minutes(2)))
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

    /// A limit on the size of files stands in for a disk without room: the write fails as it would there.
    @Test func `a full disk refuses what it cannot keep and serves what needs none`() async throws {
        let python = try PythonPeer.requiredForEngineIO3()
        let folder = try TemporaryFolder()
        let data = folder.path + "/data"
        let shell = #"trap "" XFSZ; ulimit -f 16; exec "$0" "$@""#
        let words = ["sh", "-c", shell, try SignalbenchProcess.executable, "serve", "baas", "--data", data]
        let stored = try await LaunchedServer.with(words, ready: .says("{\"ready\":true")) { server in
            let ready = try JSONSerialization.jsonObject(with: Data(server.output.utf8)) as? [String: Any]
            let outcome = try await python.run(Self.fill, [try #require(ready?["url"] as? String)])
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try #require(Int(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
        #expect(stored > 10)
        let again = try SignalbenchProcess(["serve", "baas", "--data", data])
        try await again.wait { $0.output.contains("\"ready\":true") }
        let ready = try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any]
        let found = try await python.run(Self.count, [try #require(ready?["url"] as? String), "full", "\(stored)"])
        #expect(found.output == "ok\n", "\(found.errors)")
        again.send(SIGTERM)
        _ = try await again.end(within: .seconds(10))
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

    /// Pushes until one is refused; then holds the server to telling nobody of it, to reading, and to `send`.
    private static let fill = #"""
        import queue, sys, threading
        import socketio
        client, answers, ready = socketio.Client(reconnection=False), queue.Queue(), threading.Event()
        told = []
        client.on("a", lambda data: answers.put(data["docs"]))
        client.on("b", lambda data: told.append(data["value"]["n"]))
        client.on("e", lambda data: told.append("sent"))
        client.on("init", lambda data: ready.set())
        client.connect(sys.argv[1], transports=["websocket"])
        assert ready.wait(10)
        def ask(event, argument):
            client.emit(event, {**argument, "callback_id": 1})
            return answers.get(timeout=10)
        ask("on", {"path": "roundfull", "event": "push"})
        ask("on", {"path": "roundfull", "event": "send"})
        n = 0
        while True:
            answer = ask("push", {"path": "roundfull", "value": {"n": n, "filler": "x" * 200}})
            if answer["err"] is not None:
                break
            n += 1
        assert answer["err"] == "not stored", answer
        for _ in range(3):
            assert ask("push", {"path": "roundfull", "value": {"n": -1, "filler": "x" * 200}})["err"] == "not stored"
        assert ask("send", {"path": "roundfull", "value": {"n": -2}})["err"] is None
        assert len(ask("fm", {"path": "roundfull", "query": {}, "option": {}})) == n
        assert told == list(range(n)) + ["sent"], told[-5:]
        client.disconnect()
        print(n)
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
