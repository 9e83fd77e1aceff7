import NIOCore
import Signaling
import Simulation
import Testing

@testable import Backends

/// Engine.IO by long-polling from the beginning to the end.
struct PollingTests {
    /// A member of a room, who keeps the texts that came.
    final class Member: ConnectionOwner {
        let home: ConnectionLoop
        private(set) var connection: Connection?
        private(set) var texts: [String] = []
        private(set) var isJoined = false
        private(set) var ending: CloseReason?

        init(_ simulation: Simulation, _ options: [String: String], id: String = "socketio") throws {
            let settings = BackendSettings(
                id: id, url: try BackendURL.parse("http://server/"), options: options)
            let endpoint = try Endpoint(settings, network: simulation.network)
            self.home = try ConnectionLoop(simulation.loop, to: endpoint, seed: 7)
        }

        func connect(_ ticket: Ticket = .none) throws {
            self.connection = try self.home.connect(ticket: ticket, owner: self)
        }

        @discardableResult
        func send(_ text: String) -> Submission {
            let command = Command.send(signal: ByteBuffer(string: text), to: .room, id: 1)
            let submission = self.connection?.send(command, at: self.home.now) ?? .refused
            self.home.flush()
            return submission
        }

        func opened(_ connection: Connection, at now: Instant) {}

        func received(_ event: Inbound, in bytes: ByteBuffer, from connection: Connection, at now: Instant) {
            switch event {
            case .welcomed: _ = connection.send(.join(room: "r"), at: now)
            case .joined: self.isJoined = true
            case .signal(_, let body):
                // The dialect has read past it.
                var all = bytes
                all.moveReaderIndex(to: body.lowerBound)
                self.texts.append(String(decoding: all.readableBytesView.prefix(body.count), as: UTF8.self))
            case .overheard, .refused, .peerJoined, .peerLeft, .sent, .acked, .resumed, .control, .closed: break
            }
        }

        func ended(_ connection: Connection, _ ending: ConnectionEnding, at now: Instant) {
            self.ending = ending.reason
        }
    }

    private func links() -> LinkOptions {
        var links = LinkOptions(delay: .exponential(.milliseconds(10)))
        links.chunking = .split(5)
        return links
    }

    @Test(arguments: ["3", "4"])
    func `a room by polling loses nothing, over two connections a member`(engine: String) throws {
        let simulation = Simulation(seed: 11, links: self.links())
        let server = try simulation.serve("socketio")
        let members = try (0..<4).map { _ in try Member(simulation, ["transport": "polling", "engine": engine]) }
        for member in members { try member.connect() }
        simulation.run(for: .seconds(2))
        #expect(members.allSatisfy { $0.isJoined })
        for n in 0..<50 {
            for (sender, member) in members.enumerated() {
                // Several at once, so that a POST carries more than one, and more than sixteen.
                for part in 0..<(n % 7 == 0 ? 20 : 1) {
                    #expect(
                        member.send(#"{"type":"chatter","from":"x","n":"\#(sender)-\#(n)-\#(part)é😀"}"#) == .written)
                }
            }
            simulation.run(for: .milliseconds(20))
        }
        // Longer than the heartbeats of either side allow for silence.
        simulation.run(for: .seconds(120))
        for (receiver, member) in members.enumerated() {
            #expect(member.ending == nil)
            #expect(member.texts.count == 3 * (42 + 8 * 20))
            for sender in 0..<4 where sender != receiver {
                let came = member.texts.compactMap { text in
                    // To revision 3 the server writes JSON's escapes (see `EngineIOPayload.escaped`).
                    let text = text.replacing(#"\u00e9\ud83d\ude00"#, with: "é😀")
                    return text.firstRange(of: "\"n\":\"\(sender)-").map {
                        String(text[$0.lowerBound...].dropFirst(5).dropLast(2))
                    }
                }
                let sent = (0..<50).flatMap { n in
                    (0..<(n % 7 == 0 ? 20 : 1)).map { part in "\(sender)-\(n)-\(part)é😀" }
                }
                #expect(came == sent)
            }
        }
        #expect(simulation.network.connects == 8, "one connection for the GETs and one for the POSTs of each member")
        #expect(simulation.network.links.count == 8)
        for member in members { member.connection?.close() }
        simulation.run(for: .seconds(2))
        #expect(members.allSatisfy { $0.ending == .requested })
        #expect(server.counters.open == 0, "the server was told")
        #expect(simulation.network.openChannels == 0)
        #expect(simulation.finish() == Simulation.Leaks())
    }

    @Test func `baas is carried, too`() throws {
        let simulation = Simulation(seed: 4, links: self.links())
        try simulation.serve("baas")
        let members = try (0..<3).map { _ in try Member(simulation, ["transport": "polling"], id: "baas") }
        for member in members {
            let ticket = member.home.prepare()
            let result = try #require(simulation.run(until: ticket, within: .seconds(5)))
            try member.connect(result.get())
        }
        simulation.run(for: .seconds(3))
        #expect(members.allSatisfy { $0.isJoined })
        for n in 0..<20 { members[0].send(#"{"type":"chatter","from":"x","n":\#(n)}"#) }
        simulation.run(for: .seconds(60))
        #expect(members.map(\.texts.count).dropFirst() == [20, 20])
    }

    @Test func `a graceful close says goodbye and does not wait for its timeout`() throws {
        let simulation = Simulation(seed: 4, links: LinkOptions(delay: .fixed(.milliseconds(10))))
        let server = try simulation.serve("socketio")
        let member = try Member(simulation, ["transport": "polling"])
        try member.connect()
        simulation.run(for: .seconds(1))
        #expect(member.isJoined)
        member.connection?.closeGracefully(at: member.home.now)
        member.home.flush()
        simulation.run(for: .milliseconds(200))
        #expect(member.ending == .peerClosed)
        #expect(server.counters.open == 0)
        #expect(simulation.finish() == Simulation.Leaks())
    }

    @Test func `a reset ends the connection, and only it`() throws {
        let simulation = Simulation(seed: 4, links: LinkOptions(delay: .fixed(.milliseconds(10))))
        try simulation.serve("socketio")
        let member = try Member(simulation, ["transport": "polling"])
        try member.connect()
        simulation.run(for: .seconds(1))
        for link in simulation.network.links { link.suffer(.reset) }
        simulation.run(for: .seconds(1))
        #expect(member.ending != nil)
        #expect(simulation.finish() == Simulation.Leaks())
    }

    // MARK: A server that does as it is told

    fileprivate static let open =
        #"0{"sid":"s1","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100}"#

    private func scripted(
        maxMessageBytes: Int = 1_000, options: [String: String] = [:], opening: String = ScriptedHTTP.ok(open),
        _ answer: @escaping (ScriptedHTTP.Request, any Channel) -> String
    ) throws -> (Simulation, ScriptedHTTP, Owner, PollingTransport) {
        let simulation = Simulation(seed: 1)
        let server = ScriptedHTTP(simulation.loop)
        for host in ["server", "other"] { simulation.network.listen(at: host, server) }
        server.answer = { request, channel in
            let begins = request.line.hasPrefix("GET") && !request.line.contains("sid=")
            guard begins else { return answer(request, channel) }
            return request.head.contains("Host: other") ? ScriptedHTTP.ok(Self.open) : opening
        }
        let settings = BackendSettings(
            id: "socketio", url: try BackendURL.parse("http://me:secret@server/"), options: options)
        let owner = Owner()
        let transport = PollingTransport(
            owner, try Endpoint(settings, network: simulation.network),
            EngineIOPlan(version: .v4, transport: .polling, maxMessageBytes: maxMessageBytes), on: simulation.loop)
        transport.open(cookie: "a=b")
        simulation.run(for: .seconds(1))
        return (simulation, server, owner, transport)
    }

    /// What a transport tells.
    final class Owner: TransportOwner {
        private(set) var messages: [String] = []
        private(set) var end: CloseReason?
        private(set) var failure: DialError?
        func opened(_ transport: any Transport, early: [ByteBuffer]) {
            self.messages += early.map { String(buffer: $0) }
        }
        func received(message: ByteBuffer) { self.messages.append(String(buffer: message)) }
        func endOfRead() {}
        func ended(_ reason: CloseReason) { self.end = reason }
        func failed(_ error: DialError) { self.failure = error }
    }

    private func write(_ texts: [String], to transport: PollingTransport) {
        var outbox = Outbox(seed: 1, framing: .messages)
        for text in texts { outbox.text(text) }
        transport.write(&outbox)
        transport.flush()
    }

    @Test func `one POST is in flight, within what the server takes, and the rest counts as pending`() throws {
        var waiting: [any Channel] = []
        let (simulation, server, owner, transport) = try self.scripted { request, channel in
            if request.line.hasPrefix("POST") { waiting.append(channel) }
            return ""
        }
        self.write(["4first"], to: transport)
        self.write((0..<40).map { "4" + String(repeating: "\($0 % 10)", count: 30) }, to: transport)
        self.write(["4" + String(repeating: "x", count: 500)], to: transport)
        simulation.run(for: .seconds(1))
        #expect(waiting.count == 1)
        #expect(transport.pendingBytes == 6 + 40 * 31 + 501)
        for _ in 0..<40 where !waiting.isEmpty {
            waiting.removeFirst().writeAndFlush(ByteBuffer(string: ScriptedHTTP.ok("ok")), promise: nil)
            simulation.run(for: .milliseconds(100))
        }
        let posts = server.requests.filter { $0.line.hasPrefix("POST") }
        #expect(transport.pendingBytes == 0 && owner.end == nil)
        #expect(posts.allSatisfy { $0.body.utf8.count <= 100 || $0.body.utf8.count == 501 })
        #expect(posts.flatMap { $0.body.split(separator: "\u{1E}") }.count == 42)
        #expect(posts.allSatisfy { $0.head.contains("Cookie: a=b") && $0.connection == 1 })
        #expect(server.requests.filter { $0.line.hasPrefix("GET") }.allSatisfy { $0.connection == 0 })
    }

    @Test func `noop is a packet like any other, and the next GET follows at once`() throws {
        var gets = 0
        let (simulation, server, owner, _) = try self.scripted { request, _ in
            gets += 1
            return gets <= 5 ? ScriptedHTTP.ok(gets == 3 ? "6\u{1E}4x" : "6") : ""
        }
        #expect(owner.messages.dropFirst() == ["6", "6", "6", "4x", "6", "6"])
        #expect(server.requests.count == 7 && server.channels.count == 1)
        #expect(owner.end == nil && simulation.network.openClients == 1)
    }

    @Test func `a refused close does not matter, and the close packet goes last`() throws {
        let (simulation, server, _, transport) = try self.scripted { request, _ in
            request.line.hasPrefix("POST") ? "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n" : ""
        }
        self.write(["4a"], to: transport)
        transport.close()
        simulation.run(for: .seconds(1))
        let bodies = server.requests.filter { $0.line.hasPrefix("POST") }.map(\.body)
        #expect(bodies == ["4a", "1"])
        #expect(simulation.network.openChannels == 0)
    }

    @Test func `a server that closed is not told so`() throws {
        let (simulation, server, owner, transport) = try self.scripted { request, _ in
            ScriptedHTTP.ok("4a\u{1E}1")
        }
        #expect(owner.messages.dropFirst() == ["4a", "1"])
        #expect(server.requests.count == 2, "it is not asked again")
        transport.close()
        simulation.run(for: .seconds(1))
        #expect(!server.requests.contains { $0.line.hasPrefix("POST") })
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var answer: String
        var part: String
    }

    @Test(arguments: [
        Fault(
            testDescription: "a packet over the bound",
            answer: ScriptedHTTP.ok("4" + String(repeating: "x", count: 1_000)),
            part: "more than 1000 bytes"),
        Fault(
            testDescription: "an answer over the bound",
            answer: ScriptedHTTP.ok("4" + String(repeating: "x", count: 2 << 20)), part: "more than 1048576 bytes"),
        Fault(testDescription: "no Engine.IO", answer: ScriptedHTTP.ok("\u{1E}\u{1E}"), part: "an empty packet"),
        Fault(
            testDescription: "a refusal", answer: "HTTP/1.1 400 Bad Request\r\nContent-Length: 7\r\n\r\nunknown",
            part: "HTTP 400: unknown"),
        Fault(testDescription: "no HTTP", answer: "hello\r\n\r\n", part: "HTTP"),
        Fault(
            testDescription: "a head without an end",
            answer: "HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 100_000), part: "HTTP"),
    ])
    func `a bad answer to a poll ends the session by name`(fault: Fault) throws {
        let (simulation, _, owner, _) = try self.scripted { _, _ in fault.answer }
        let end = try #require(owner.end)
        #expect("\(end)".contains(fault.part), "\(end)")
        #expect(simulation.network.openClients == 0)
    }

    @Test func `a connection cut in the middle of an answer ends the session`() throws {
        let (simulation, _, owner, _) = try self.scripted { _, channel in
            channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n4ab"), promise: nil)
            channel.close(promise: nil)
            return ""
        }
        #expect(owner.end != nil && owner.messages.count == 1)
        #expect(simulation.network.openClients == 0)
    }

    @Test func `cookies of the handshake, and of every later answer, are sent with what follows`() throws {
        var gets = 0
        let opening = ScriptedHTTP.ok(Self.open, "Set-Cookie: lb=one; Path=/\r\nSet-Cookie: x=y; HttpOnly\r\n")
        let (simulation, server, owner, transport) = try self.scripted(opening: opening) { request, _ in
            if request.line.hasPrefix("POST") { return ScriptedHTTP.ok("ok", "Set-Cookie: x=; Max-Age=0\r\n") }
            gets += 1
            return gets == 1 ? ScriptedHTTP.ok("6", "Set-Cookie: lb=two\r\n") : ""
        }
        for _ in 0..<2 {
            self.write(["4hello"], to: transport)
            simulation.run(for: .seconds(1))
        }
        let cookies = server.requests.map { request in
            request.head.split(separator: "\r\n").first { $0.hasPrefix("Cookie: ") }?.dropFirst(8) ?? ""
        }
        #expect(cookies == ["a=b", "a=b; lb=one; x=y", "a=b; lb=two; x=y", "a=b; lb=two; x=y", "a=b; lb=two"])
        #expect(server.requests.allSatisfy { $0.head.contains("Authorization: Basic bWU6c2VjcmV0") })
        #expect(owner.end == nil)
    }

    @Test func `the WebSocket that takes over brings the cookies of the handshake`() throws {
        let simulation = Simulation(seed: 1)
        let server = ScriptedHTTP(simulation.loop)
        simulation.network.listen(at: "server", server)
        server.answer = { request, _ in
            request.line.contains("transport=polling") ? ScriptedHTTP.ok(Self.open, "Set-Cookie: lb=one\r\n") : ""
        }
        let member = try Member(simulation, ["transport": "polling,websocket"])
        try member.connect()
        simulation.run(for: .seconds(1))
        #expect(server.requests.count == 2)
        #expect(server.requests.last?.line.contains("transport=websocket&sid=s1") == true)
        #expect(server.requests.last?.head.contains("Cookie: lb=one") == true)
    }

    private static let elsewhere =
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://other/io/?EIO=4&transport=polling&room=r\r\n"
        + "Content-Length: 0\r\n\r\n"

    @Test func `a redirect is refused by name`() throws {
        let (simulation, server, owner, _) = try self.scripted(opening: Self.elsewhere) { _, _ in "" }
        let failure = try #require(owner.failure)
        #expect(failure.code == .http(status: 307) && failure.message.contains("a redirect to http://other/io/"))
        #expect(server.requests.count == 1)
        #expect(simulation.network.openClients == 0)
    }

    @Test func `a redirect that is followed takes the whole session along, without credentials`() throws {
        let (simulation, server, owner, transport) = try self.scripted(
            options: ["redirects": "follow"], opening: Self.elsewhere
        ) { request, _ in request.line.hasPrefix("POST") ? ScriptedHTTP.ok("ok") : "" }
        self.write(["4hello"], to: transport)
        simulation.run(for: .seconds(1))
        #expect(owner.end == nil && owner.failure == nil)
        #expect(
            server.requests.dropFirst().map(\.line) == [
                "GET /io/?EIO=4&transport=polling&room=r HTTP/1.1",
                "GET /io/?EIO=4&transport=polling&sid=s1&room=r HTTP/1.1",
                "POST /io/?EIO=4&transport=polling&sid=s1&room=r HTTP/1.1",
            ])
        #expect(server.requests.dropFirst().allSatisfy { $0.head.contains("Host: other") })
        #expect(
            !server.requests.dropFirst().contains { $0.head.contains("Cookie") || $0.head.contains("Authorization") })
    }

    @Test func `redirects in a circle end`() throws {
        let circle = "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"
        let (simulation, server, owner, _) = try self.scripted(options: ["redirects": "follow"], opening: circle) {
            _, _ in ""
        }
        #expect(owner.failure?.code == .http(status: 302))
        #expect(server.requests.count == 6)
        #expect(simulation.network.openClients == 0)
    }

    @Test func `a connection that is not kept alive is dialled again`() throws {
        var gets = 0
        let (simulation, server, owner, _) = try self.scripted { _, channel in
            gets += 1
            guard gets <= 3 else { return "" }
            channel.writeAndFlush(
                ByteBuffer(string: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n4\(gets)"), promise: nil)
            channel.close(promise: nil)
            return ""
        }
        #expect(owner.messages.dropFirst() == ["41", "42", "43"])
        #expect(owner.end == nil)
        #expect(simulation.network.openClients == 1)
        #expect(server.channels.count == 4)
    }
}

@available(*, unavailable)
extension PollingTests.Member: Sendable {}
@available(*, unavailable)
extension PollingTests.Owner: Sendable {}
