import Backends
import TestKit
import Testing

/// The server against an independent client, the PyPI package `websockets`.
@Suite(.enabled(if: Lane.isSerial, "the client is another program"), .timeLimit(.minutes(2)))
struct RelayPythonTests {
    @Test func `an independent client speaks with it as the protocol says`() async throws {
        let python = try PythonPeer.required()
        try await withRelay { server, _ in
            let outcome = try await python.run(Self.broadcast, [server.url])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "ok\n")
        }
    }

    @Test func `an independent client speaks with the routed one too`() async throws {
        let python = try PythonPeer.required()
        try await withRelay("relay-routed") { server, _ in
            let outcome = try await python.run(Self.routed, [server.url])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "ok\n")
        }
    }

    @Test func `an independent client hears the goodbye of a server that stops`() async throws {
        let python = try PythonPeer.required()
        try await withRelay { server, _ in
            async let outcome = python.run(Self.goodbye, [server.url])
            try await eventually("the client is there") { await server.counters().open == 1 }
            await server.shutdown()
            #expect(try await outcome.output == "1001 the server is going away\n")
        }
    }

    private static let broadcast = #"""
        import asyncio, json, sys, websockets
        async def main(url):
            async with websockets.connect(url, max_size=None) as a, websockets.connect(url, max_size=None) as b:
                ids = [json.loads(await s.recv()) for s in (a, b)]
                assert all(w["op"] == "welcome" and len(w["id"]) == 16 for w in ids), ids
                for s in (a, b):
                    await s.send(json.dumps({"room": "日本 \u0001", "op": "join"}))
                    assert json.loads(await s.recv()) == {"op": "joined", "room": "日本 \u0001"}
                for size in (0, 1, 125, 126, 65535, 65536, 900000):
                    data = {"type": "offer", "sdp": "é" * (size // 2), "n": size}
                    await a.send(json.dumps({"op": "message", "room": "日本 \u0001", "data": data}, ensure_ascii=size < 70000 and size % 2 == 0))
                    got = json.loads(await b.recv())
                    assert got == {"op": "message", "room": "日本 \u0001", "data": data}
                text = json.dumps({"op": "message", "room": "日本 \u0001", "data": "x" * 3000})
                await a.send(text[i:i + 100] for i in range(0, len(text), 100))
                assert json.loads(await b.recv())["data"] == "x" * 3000
                await (await a.ping(b"payload"))
                await b.send("not json")
                assert json.loads(await b.recv())["code"] == "bad-message"
                try:
                    await b.send("x" * (2 << 20))
                    while True: await b.recv()
                except websockets.ConnectionClosed as e:
                    assert e.rcvd.code == 1009, e
            print("ok")
        asyncio.run(main(sys.argv[1]))
        """#

    private static let routed = #"""
        import asyncio, json, sys, websockets
        async def main(url):
            async with websockets.connect(url) as a, websockets.connect(url) as b, websockets.connect(url) as c:
                ids = [json.loads(await s.recv())["id"] for s in (a, b, c)]
                members = []
                for s, i in zip((a, b, c), ids):
                    await s.send(json.dumps({"op": "join", "room": "r"}))
                    joined = json.loads(await s.recv())
                    assert sorted(joined["members"]) == sorted(members), joined
                    members.append(i)
                for s, later in ((a, ids[1:]), (b, ids[2:])):
                    for i in later:
                        assert json.loads(await s.recv()) == {"op": "peer-joined", "room": "r", "id": i}
                await a.send(json.dumps({"op": "message", "room": "r", "data": {"sendto": ids[2], "from": "liar"}}))
                assert json.loads(await c.recv())["data"] == {"sendto": ids[2], "from": ids[0]}
                await a.send(json.dumps({"op": "message", "room": "r", "data": {"sendto": "gone"}}))
                assert json.loads(await a.recv())["code"] == "unknown-target"
                await c.close()
                for s in (a, b):
                    assert json.loads(await s.recv()) == {"op": "peer-left", "room": "r", "id": ids[2]}
            print("ok")
        asyncio.run(main(sys.argv[1]))
        """#

    private static let goodbye = #"""
        import asyncio, sys, websockets
        async def main(url):
            async with websockets.connect(url) as s:
                try:
                    while True: await s.recv()
                except websockets.ConnectionClosed as e:
                    print(e.rcvd.code, e.rcvd.reason)
        asyncio.run(main(sys.argv[1]))
        """#
}
