import Backends
import NIOCore
import NIOPosix
import TestKit
import Testing

@Suite(.enabled(if: Lane.isSerial, "its clients come over loopback, and its timeouts pass"), .timeLimit(.minutes(2)))
struct RelayServerTests {
    @Test func `a client is welcomed with an id of 64 random bits, glued to the upgrade`() async throws {
        let ids = try await withRelay { server, group in
            var ids: Set<String> = []
            for _ in 0..<20 {
                let client = try await WireClient.connect(server.url, group: group)
                let text = try await client.text()
                #expect(text.hasSuffix(#"","server":"signalbench relay"}"#))
                let id = String(text.dropFirst(#"{"op":"welcome","id":""#.utf8.count).prefix(16))
                #expect(id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
                ids.insert(id)
                try await client.close()
            }
            return ids
        }
        #expect(ids.count == 20)
    }

    @Test(arguments: [1, 2])
    func `relay passes a message on byte for byte, to all others of the room and nobody else`(loops: Int) async throws {
        try await withRelay {
            $0.loops = loops
        } _: { server, group in
            let clients = try await self.members(4, of: "r", server, group)
            let stranger = try await self.members(1, of: "other", server, group)[0]
            let text = #"{"op":"message","room":"r","data":{"type":"offer", "x" : 1e2,"sdp":"v=0\r\n\u00fc\/ü"}}"#
            try await clients[0].send(text)
            for client in clients[1...] { #expect(try await client.text() == text) }
            try await clients[1].send(#"{"op":"message","room":"r","data":{"n":2}}"#)
            #expect(try await clients[0].text() == #"{"op":"message","room":"r","data":{"n":2}}"#)
            // What comes next at the stranger is the answer to itself: nothing was in between.
            try await stranger.send(#"{"op":"leave","room":"other"}"#)
            #expect(try await stranger.text() == #"{"op":"left","room":"other"}"#)
        }
    }

    @Test func `keys may come in any order, and what goes out is in ours`() async throws {
        try await withRelay { server, group in
            let clients = try await self.members(2, of: "a/ü \\u0041", server, group)
            try await clients[0].send(
                #" { "data" : {"t":[1,{"d":0}]} , "x":null, "room":"a/\u00fc A", "\u006fp" : "message" } "#)
            #expect(
                try await clients[1].text() == #"{"op":"message","room":"a/ü A","data":{"t":[1,{"d":0}]}}"#)
        }
    }

    @Test func `with echo the sender receives its own`() async throws {
        try await withRelay {
            $0.echo = true
        } _: { server, group in
            let clients = try await self.members(2, of: "r", server, group)
            let text = #"{"op":"message","room":"r","data":{"n":1}}"#
            try await clients[0].send(text)
            #expect(try await clients[0].text() == text)
            #expect(try await clients[1].text() == text)
        }
    }

    @Test func `a broadcast is framed once, however many members get it`() async throws {
        try await withRelay { server, group in
            let clients = try await self.members(20, of: "r", server, group)
            for n in 0..<50 { try await clients[0].send(#"{"op":"message","room":"r","data":{"n":\#(n)}}"#) }
            for client in clients[1...] {
                for n in 0..<50 {
                    #expect(try await client.text() == #"{"op":"message","room":"r","data":{"n":\#(n)}}"#)
                }
            }
            let counters = await server.counters()
            #expect(counters.framesEncoded == 50)
            #expect(counters.messages == 50)
            #expect(counters.deliveries == 50 * 19)
        }
    }

    @Test(arguments: [1, 2])
    func `all members see one order, whoever sends`(loops: Int) async throws {
        try await withRelay("relay", clientLoops: 2) { options in
            options.loops = loops
            options.echo = true
        } _: { server, group in
            let clients = try await self.members(4, of: "r", server, group)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (i, client) in clients.enumerated() {
                    tasks.addTask {
                        for n in 0..<100 { try await client.send(#"{"op":"message","room":"r","data":"\#(i).\#(n)"}"#) }
                    }
                }
                try await tasks.waitForAll()
            }
            var orders: [[String]] = []
            for client in clients {
                var order: [String] = []
                for _ in 0..<400 { order.append(try await client.text()) }
                orders.append(order)
            }
            for order in orders { #expect(order == orders[0]) }
            #expect(Set(orders[0]).count == 400)
        }
    }

    @Test func `a member may be in several rooms, and leaving one stops only that one`() async throws {
        try await withRelay { server, group in
            let speaker = try await WireClient.connect(server.url, group: group)
            let listener = try await WireClient.connect(server.url, group: group)
            _ = try await speaker.welcome()
            _ = try await listener.welcome()
            for room in ["a", "b"] {
                #expect(try await speaker.join(room) == #"{"op":"joined","room":"\#(room)"}"#)
                #expect(try await listener.join(room) == #"{"op":"joined","room":"\#(room)"}"#)
            }
            // Joining again changes nothing: each message comes once.
            #expect(try await listener.join("b") == #"{"op":"joined","room":"b"}"#)
            try await speaker.send(#"{"op":"message","room":"a","data":1}"#)
            try await speaker.send(#"{"op":"message","room":"b","data":2}"#)
            #expect(try await listener.text() == #"{"op":"message","room":"a","data":1}"#)
            #expect(try await listener.text() == #"{"op":"message","room":"b","data":2}"#)
            try await listener.send(#"{"op":"leave","room":"a"}"#)
            #expect(try await listener.text() == #"{"op":"left","room":"a"}"#)
            try await speaker.send(#"{"op":"message","room":"a","data":3}"#)
            try await speaker.send(#"{"op":"message","room":"b","data":4}"#)
            #expect(try await listener.text() == #"{"op":"message","room":"b","data":4}"#)
        }
    }

    @Test func `rooms are forgotten when the last member goes`() async throws {
        try await withRelay { server, group in
            let clients = try await self.members(3, of: "r", server, group)
            #expect(await server.counters().rooms == 1)
            for client in clients { try await client.close() }
            try await eventually("no rooms, no connections") {
                let counters = await server.counters()
                return counters.rooms == 0 && counters.open == 0
            }
        }
    }

    @Test func `signals may follow the join without waiting for its confirmation`() async throws {
        try await withRelay { server, group in
            let listener = try await self.members(1, of: "r", server, group)[0]
            let speaker = try await WireClient.connect(server.url, group: group)
            try await speaker.send(frames: [
                (.text, ByteBuffer(string: #"{"op":"join","room":"r"}"#)),
                (.text, ByteBuffer(string: #"{"op":"message","room":"r","data":1}"#)),
            ])
            #expect(try await listener.text() == #"{"op":"message","room":"r","data":1}"#)
        }
    }

    @Test func `a stop says 1001 to everybody and ends within two seconds`() async throws {
        let servers = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let clients = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await EmbeddedServers.start(
            id: "relay", host: "127.0.0.1", port: 0, options: ServerOptions(), group: servers)
        let polite = try await WireClient.connect(server.url, group: clients)
        let mute = try await ClientBootstrap(group: clients).connect(host: "127.0.0.1", port: server.port).get()
        let start = ContinuousClock.now
        await server.shutdown()
        _ = try await polite.welcome()
        #expect(try await polite.next() == .close(1001, "the server is going away"))
        let end = try await polite.arrival()
        #expect(end.event == .end)
        #expect(end.time - start < .seconds(2))
        try await mute.closeFuture.get()
        try await clients.shutdownGracefully()
        try await servers.shutdownGracefully()
    }

    @Test func `a port in use is said so`() async throws {
        try await withRelay { server, group in
            let error = await #expect(throws: ServerError.self) {
                _ = try await EmbeddedServers.start(
                    id: "relay", host: "127.0.0.1", port: server.port, options: ServerOptions(), group: group)
            }
            #expect(error?.code == .addressInUse)
            let unknown = await #expect(throws: ServerError.self) {
                _ = try await EmbeddedServers.start(
                    id: "relya", host: "127.0.0.1", port: 0, options: ServerOptions(), group: group)
            }
            #expect(unknown?.code == .notEmbedded)
        }
    }

    /// Clients that are welcomed and joined.
    private func members(
        _ count: Int, of room: String, _ server: RunningServer, _ group: any EventLoopGroup
    ) async throws -> [WireClient] {
        var clients: [WireClient] = []
        for _ in 0..<count {
            let client = try await WireClient.connect(server.url, group: group)
            _ = try await client.welcome()
            let answer = try await client.join(room)
            #expect(answer.hasPrefix(#"{"op":"joined""#))
            clients.append(client)
        }
        return clients
    }
}
