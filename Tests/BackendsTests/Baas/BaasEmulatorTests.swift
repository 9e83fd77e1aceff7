import Foundation
import NIOCore
import NIOPosix
import TestKit
import Testing

@testable import Backends

/// The emulator against a client that is not ours, speaking W1 by hand.
@Suite(
    .enabled(if: Lane.isSerial, "a client that is not ours speaks to a server of ours over loopback"),
    .timeLimit(.minutes(3)))
struct BaasEmulatorTests {
    @Test(arguments: ["websocket", "polling", "polling,websocket"])
    func `python-socketio 4 speaks W1 with it`(transports: String) async throws {
        let python = try PythonPeer.requiredForEngineIO3()
        try await withRelay("baas") { server, _ in
            let outcome = try await python.run(file: "baas_members.py", [server.url, transports])
            #expect(outcome.output == "ok\n", "\(outcome.errors)")
        }
    }

    @Test func `the free plan's limits refuse what is too much`() async throws {
        let python = try PythonPeer.requiredForEngineIO3()
        try await withRelay("baas") {
            $0.hasFreeLimits = true
        } _: { server, _ in
            let outcome = try await python.run(Self.limits, [server.url])
            #expect(outcome.output == "[120, 10] [240, 10]\n", "\(outcome.errors)")
        }
    }

    @Test func `what the limits refused is not there after a restart`() async throws {
        let python = try PythonPeer.requiredForEngineIO3()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("baas-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for script in [Self.limits, Self.count] {
            try await withRelay("baas") {
                $0.hasFreeLimits = script == Self.limits
                $0.dataFolder = folder
            } _: { server, _ in
                let outcome = try await python.run(script, [server.url])
                #expect(
                    outcome.output == (script == Self.limits ? "[120, 10] [240, 10]\n" : "120\n"), "\(outcome.errors)")
            }
        }
    }

    @Test func `one event too many to listen to, and a path too long, are refused in words`() async throws {
        let python = try PythonPeer.requiredForEngineIO3()
        try await withRelay("baas") { server, _ in
            let outcome = try await python.run(Self.bounds, [server.url])
            #expect(outcome.output == "1000 ['too many subscriptions', 'format']\n", "\(outcome.errors)")
        }
    }

    @Test func `agents that share an account are members of their own, and a wrong password is said`() async throws {
        try await withRelay("baas") {
            $0.accounts = ["a+b@example.org": "ge&heim"]
        } _: { server, group in
            var settings = BackendSettings(
                id: "baas", url: try BackendURL.parse(server.url),
                options: ["username": "a+b@example.org", "password": "ge&heim"])
            let a = try await LiveMember.join("r", settings, on: group.next())
            let b = try await LiveMember.join("r", settings, on: group.next())
            let (idA, idB) = (try await a.id, try await b.id)
            #expect(idA != idB)
            try await a.send(#"{"type":"call","from":"\#(idA)"}"#)
            try await eventually("the other hears it") { try await b.received.contains { $0.isMine } }
            settings.options["password"] = "falsch"
            let error = await #expect(throws: DialError.self) {
                try await LiveMember.join("r", settings, on: group.next())
            }
            #expect(error?.message.contains("refused with 2: no such account, or another password") == true)
            #expect(error?.message.contains("falsch") == false)
        }
    }

    private static let count = #"""
        import queue, sys, threading
        import socketio
        client, answers, ready = socketio.Client(reconnection=False), queue.Queue(), threading.Event()
        client.on("a", lambda data: answers.put(data["docs"]))
        client.on("init", lambda data: ready.set())
        client.connect(sys.argv[1], transports=["websocket"])
        assert ready.wait(10)
        client.emit("fm", {"path": "p", "query": {}, "option": {"limit": 999}, "callback_id": 1})
        print(len(answers.get(timeout=10)))
        client.disconnect()
        """#

    private static let bounds = #"""
        import queue, sys, threading
        import socketio
        client, answers, ready = socketio.Client(reconnection=False), queue.Queue(), threading.Event()
        client.on("a", lambda data: answers.put((data["callback_id"], data["docs"]["err"])))
        client.on("init", lambda data: ready.set())
        client.connect(sys.argv[1], transports=["websocket"])
        assert ready.wait(10)
        for n in range(1001):
            client.emit("on", {"path": f"p{n}", "event": "push", "callback_id": n})
        client.emit("push", {"path": "x" * 5000, "value": {}, "callback_id": 1001})
        got = [answers.get(timeout=10) for _ in range(1002)]
        print(sum(err is None for _, err in got), [err for _, err in got if err is not None])
        client.disconnect()
        """#

    private static let limits = #"""
        import queue, sys, threading
        import socketio
        client, answers, ready = socketio.Client(reconnection=False), queue.Queue(), threading.Event()
        client.on("a", lambda data: answers.put(data["docs"]["err"]))
        client.on("init", lambda data: ready.set())
        client.connect(sys.argv[1], transports=["websocket"])
        assert ready.wait(10)
        def tally(verb, count):
            for n in range(count):
                client.emit(verb, {"path": "p", "value": {"n": n}, "callback_id": n})
            errors = [answers.get(timeout=10) for _ in range(count)]
            return [errors.count(None), errors.count("limit exceeded")]
        print(tally("push", 130), tally("send", 250))
        client.disconnect()
        """#
}
