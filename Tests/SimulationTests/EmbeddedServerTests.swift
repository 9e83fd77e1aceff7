import Backends
import NIOCore
import Simulation
import Testing

struct EmbeddedServerTests {
    private func member(_ simulation: Simulation, room: String = "r") throws -> RawWebSocket {
        let client = try RawWebSocket(simulation)
        client.send(#"{"op":"join","room":"\#(room)"}"#)
        simulation.run(for: .seconds(1))
        #expect(client.count(#""op":"joined""#) == 1)
        return client
    }

    private static let tag = "0000002a.0001.0002.00.00003.00000000"
    private static let message = #"{"op":"message","room":"r","data":{"tag":"\#(Self.tag)","text":"hello"}}"#

    @Test func `the relay relays, and the log knows it`() throws {
        let log = LinkLog()
        var links = LinkOptions(delay: .fixed(.milliseconds(10)))
        links.chunking = .split(5)
        let simulation = Simulation(seed: 3, links: links, log: log)
        let server = try simulation.serve("relay")
        let clients = try (0..<5).map { _ in try self.member(simulation) }
        clients[0].send(Self.message)
        simulation.run(for: .seconds(1))
        #expect(clients.map { $0.count("hello") } == [0, 1, 1, 1, 1])
        #expect(server.counters.deliveries == 4)
        #expect(log.sent.count == 1)
        #expect(log.received.count == 4)
        #expect(log.latencies() == Array(repeating: .milliseconds(20), count: 4))
        #expect(log.bytes[.toServer]?.sent == log.bytes[.toServer]?.read)
        for client in clients { client.channel.close(promise: nil) }
        #expect(simulation.finish() == Simulation.Leaks())
    }

    @Test func `the delay of a server is exact in virtual time`() throws {
        let log = LinkLog()
        let simulation = Simulation(seed: 3, log: log)
        var options = ServerOptions()
        options.delay = 123_456_789
        try simulation.serve("relay", options: options)
        let clients = try (0..<3).map { _ in try self.member(simulation) }
        clients[1].send(Self.message)
        simulation.run(for: .seconds(1))
        #expect(log.latencies() == [.nanoseconds(123_456_789), .nanoseconds(123_456_789)])
    }

    @Test func `a client without life is dropped after ping and timeout`() throws {
        let simulation = Simulation(seed: 1)
        let server = try simulation.serve("relay")
        let client = try self.member(simulation)
        simulation.run(for: .seconds(40))
        #expect(client.recorder.closedAt == nil)
        simulation.run(for: .seconds(10))
        #expect(client.recorder.closedAt != nil)
        #expect(server.counters.pingTimeouts == 1)
        #expect(simulation.finish() == Simulation.Leaks())
    }

    @Test func `a member that does not read is evicted at its bound`() throws {
        var links = LinkOptions()
        links.sendBuffer = 20_000
        links.receiveBuffer = 20_000
        let simulation = Simulation(seed: 1, links: links)
        var options = ServerOptions()
        options.memberQueueBytes = 100_000
        let server = try simulation.serve("relay", options: options)
        let clients = try (0..<3).map { _ in try self.member(simulation) }
        try clients[2].channel.syncOptions?.setOption(.autoRead, value: false)
        let text = #"{"op":"message","room":"r","data":{"text":"\#(String(repeating: "x", count: 1_000))"}}"#
        for _ in 0..<300 {
            clients[0].send(text)
            simulation.run(for: .milliseconds(10))
        }
        #expect(server.counters.evicted == 1)
        #expect(clients[1].count("xxxx") > 0)
        #expect(clients[1].recorder.closedAt == nil)
    }

    @Test func `one core is a queue`() throws {
        let log = LinkLog()
        let simulation = Simulation(seed: 1, log: log)
        let law = ServiceLaw(cores: 1, perMessage: .milliseconds(2), perDelivery: .milliseconds(1))
        try simulation.serve("relay", service: law)
        let clients = try (0..<4).map { _ in try self.member(simulation) }
        clients[0].send(Self.message)
        simulation.run(for: .seconds(1))
        // 2 ms for the message, then 1 ms for each of three.
        #expect(log.latencies().sorted() == [.milliseconds(3), .milliseconds(4), .milliseconds(5)])
    }

    @Test(arguments: ["relay", "relay-routed", "socketio", "baas"])
    func `a server ends without leaving anything`(id: String) throws {
        let simulation = Simulation(seed: 1)
        try simulation.serve(id)
        let clients = try (0..<3).map { _ in
            try RawWebSocket(
                simulation,
                path: id.hasPrefix("relay") ? "/" : "/socket.io/?EIO=\(id == "baas" ? 3 : 4)&transport=websocket")
        }
        simulation.run(for: .seconds(1))
        #expect(clients.allSatisfy { $0.count("101 Switching") == 1 })
        #expect(simulation.finish() == Simulation.Leaks())
        #expect(clients.allSatisfy { $0.recorder.closedAt != nil })
    }

    @Test func `the same seed gives the same bytes at the same times`() throws {
        func run(_ seed: UInt64) throws -> [[UInt8]] {
            var links = LinkOptions(delay: .exponential(.milliseconds(10)))
            links.chunking = .split(5)
            let simulation = Simulation(seed: seed, links: links)
            try simulation.serve("relay-routed")
            let clients = try (0..<6).map { _ in try self.member(simulation) }
            for client in clients { client.send(Self.message) }
            simulation.run(for: .seconds(60))
            return clients.map { client in
                client.recorder.reads.flatMap { $0.bytes + Array("\($0.time)".utf8) }
            }
        }
        #expect(try run(9) == run(9))
        #expect(try run(9) != run(10))
    }
}
