import NIOCore
import Signaling
import Simulation
import Testing

@testable import Backends

/// Socket.IO's connection state recovery, against a server that says what Socket.IO 4.6 says.
struct RecoveryTests {
    /// Engine.IO by long-polling, and the sessions of one member.
    final class Server {
        let http: ScriptedHTTP
        /// Payloads of CONNECT as they came.
        private(set) var connects: [String] = []
        /// Whether a session that is asked for goes on.
        var recovers = true
        /// What it repeats then.
        var missed: [String] = []
        private var sessions = 0
        private var pids = 0
        private var queue: [String] = []
        private var waiting: (any Channel)?

        init(_ loop: any EventLoop) {
            self.http = ScriptedHTTP(loop)
            self.http.answer = { [unowned self] request, channel in self.answer(request, channel) }
        }

        private func answer(_ request: ScriptedHTTP.Request, _ channel: any Channel) -> String {
            if request.line.hasPrefix("POST") {
                for packet in request.body.split(separator: "\u{1E}") { self.take(packet) }
                return ScriptedHTTP.ok("ok")
            }
            guard request.line.contains("sid=") else {
                self.sessions += 1
                self.queue = []
                self.waiting = nil
                return ScriptedHTTP.ok(
                    #"0{"sid":"e\#(self.sessions)","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#,
                    "Set-Cookie: node=n\(self.sessions); Path=/\r\n")
            }
            self.waiting = channel
            self.flush()
            return ""
        }

        private func take(_ packet: Substring) {
            if packet.hasPrefix("40") {
                self.connects.append(String(packet.dropFirst(2)))
                let goesOn = self.recovers && packet.contains(#""pid":"p\#(self.pids)""#)
                if goesOn { self.queue += self.missed } else { self.pids += 1 }
                self.push(#"40{"sid":"m\#(self.pids)","pid":"p\#(self.pids)"}"#)
            } else if packet.hasPrefix("420") {
                self.push("430[]")
            }
        }

        func push(_ packet: String) {
            self.queue.append(packet)
            self.flush()
        }

        private func flush() {
            guard !self.queue.isEmpty, let channel = self.waiting else { return }
            self.waiting = nil
            let body = self.queue.joined(separator: "\u{1E}")
            self.queue = []
            channel.writeAndFlush(ByteBuffer(string: ScriptedHTTP.ok(body)), promise: nil)
        }
    }

    /// A member that takes over what its last connection left.
    final class Member: ConnectionOwner {
        let home: ConnectionLoop
        private(set) var connection: Connection?
        private(set) var told: [String] = []
        private var resumption = Resumption.none

        init(_ simulation: Simulation, _ options: [String: String] = [:]) throws {
            let settings = BackendSettings(
                id: "socketio", url: try BackendURL.parse("http://server/"),
                options: options.merging(["transport": "polling"]) { own, _ in own })
            self.home = try ConnectionLoop(
                simulation.loop, to: try Endpoint(settings, network: simulation.network), seed: 7)
        }

        func connect() throws {
            self.connection = try self.home.connect(resuming: self.resumption, owner: self)
        }

        /// What was told since the last time.
        func news() -> [String] {
            defer { self.told = [] }
            return self.told
        }

        func opened(_ connection: Connection, at now: Instant) {}

        func received(_ event: Inbound, in bytes: ByteBuffer, from connection: Connection, at now: Instant) {
            switch event {
            case .welcomed(let id):
                self.told.append("welcome \(String(decoding: id.bytes, as: UTF8.self))")
                _ = connection.send(.join(room: "r"), at: now)
            case .joined: self.told.append("joined")
            case .resumed: self.told.append("resumed")
            case .signal(_, let body):
                var all = bytes
                all.moveReaderIndex(to: body.lowerBound)
                self.told.append(String(decoding: all.readableBytesView.prefix(body.count), as: UTF8.self))
            case .overheard: self.told.append("overheard")
            case .peerLeft(let id): self.told.append("left \(String(decoding: id.bytes, as: UTF8.self))")
            case .refused, .peerJoined, .sent, .acked, .control, .closed: break
            }
        }

        func ended(_ connection: Connection, _ ending: ConnectionEnding, at now: Instant) {
            self.resumption = ending.resumption
            self.connection = nil
            self.told.append(ending.resumption.resumes ? "lost" : "ended")
        }
    }

    private func signal(_ n: Int) -> String { #"{"type":"chatter","from":"x","n":\#(n),"s":"é,\"]"}"# }

    private func event(_ n: Int) -> String { #"42["message",\#(self.signal(n)),"o\#(n)"]"# }

    @Test func `a session goes on where the lost connection ended, and what was missed comes once and in order`() throws
    {
        let simulation = Simulation(seed: 3)
        let server = Server(simulation.loop)
        simulation.network.listen(at: "server", server.http)
        let member = try Member(simulation, ["auth": #"{ "token": "t" }"#])

        func reconnect() throws {
            for link in simulation.network.links { link.suffer(.reset) }
            simulation.run(for: .seconds(1))
            #expect(member.news() == ["lost"])
            try member.connect()
            simulation.run(for: .seconds(1))
        }

        try member.connect()
        simulation.run(for: .seconds(1))
        #expect(member.news() == ["welcome m1", "joined"])
        for n in 1...3 { server.push(self.event(n)) }
        simulation.run(for: .seconds(1))
        #expect(member.news() == (1...3).map(self.signal))

        // An event for somebody else, one that tells who left, and one that is not known are missed, too.
        server.missed =
            [self.event(4), #"42["message",{"type":"call","from":"x","sendto":"y"},"o5"]"#]
            + [#"42["user disconnected",{"id":"z"},"o6"]"#, #"42["news",1,"o7"]"#, self.event(8)]
        try reconnect()
        #expect(
            member.news() == [
                "welcome m1", "resumed", self.signal(4), "overheard", "left z", self.signal(8), "joined",
            ])
        #expect(server.connects == [#"{ "token": "t" }"#, #"{"pid":"p1","offset":"o3","token": "t" }"#])

        // The next time nothing is missed, and the offset is that of the last event that was repeated.
        server.missed = []
        try reconnect()
        #expect(member.news() == ["welcome m1", "resumed", "joined"])
        #expect(server.connects.last == #"{"pid":"p1","offset":"o8","token": "t" }"#)

        // A server that has forgotten begins another session, of which nothing was heard yet.
        server.recovers = false
        try reconnect()
        #expect(member.news() == ["welcome m2", "joined"])
        try reconnect()
        #expect(server.connects.last == #"{"pid":"p2","token": "t" }"#)
        _ = member.news()
        member.connection?.close()
        simulation.run(for: .seconds(2))
        #expect(simulation.finish() == Simulation.Leaks())
    }

    @Test func `a server without such sessions is asked for none`() throws {
        var out = SocketIORecovery()
        #expect(out.payload([]).isEmpty && !out.isOffered)
        out.connected(pid: nil)
        #expect(!out.isOffered && !out.hasDue)
    }

    @Test(
        arguments: [
            (#"2["a",{},"o1"]"#, "o1"), (#"2["a",{"b":"c"}]"#, nil), (#"2["a",{},"x\"y"]"#, nil), (#"2["a"]"#, nil),
            (#"2["a",""]"#, ""), ("2[]", nil), ("2", nil), (#"2["a",["b"]]"#, nil),
            (#"2["a",""# + String(repeating: "o", count: 200) + #""]"#, nil),
        ] as [(String, String?)])
    func `an offset is the string behind all arguments`(packet: String, offset: String?) {
        var recovery = SocketIORecovery()
        let bytes = ByteBuffer(string: "4" + packet)
        let end = recovery.hear(1..<bytes.writerIndex, bytes)
        #expect((end == nil) == (offset == nil))
        #expect(String(decoding: recovery.offset, as: UTF8.self) == offset ?? "")
        if let end { #expect(bytes.getString(at: end, length: 2) == ",\"") }
    }

    @Test func `the next connection of a session brings the balancer's cookie along`() throws {
        let simulation = Simulation(seed: 3)
        let server = Server(simulation.loop)
        simulation.network.listen(at: "server", server.http)
        let member = try Member(simulation)
        for _ in 0..<3 {
            try member.connect()
            simulation.run(for: .seconds(1))
            for link in simulation.network.links { link.suffer(.reset) }
            simulation.run(for: .seconds(1))
        }
        let first = server.http.requests.filter { $0.line.hasPrefix("GET") && !$0.line.contains("sid=") }
        let cookies = first.map { request in
            request.head.split(separator: "\r\n").first { $0.hasPrefix("Cookie: ") }.map(String.init)
        }
        #expect(cookies == [nil, "Cookie: node=n1", "Cookie: node=n2"])
    }

    @Test func `events that no setting names are counted, the commonest first`() throws {
        let simulation = Simulation(seed: 3)
        let server = Server(simulation.loop)
        simulation.network.listen(at: "server", server.http)
        let member = try Member(simulation)
        try member.connect()
        simulation.run(for: .seconds(1))
        for name in ["b", "chat", "a", "chat", "news", "chat", "news"] { server.push(#"42["\#(name)",{}]"#) }
        for n in 0..<1_000 { server.push(#"42["once \#(n)",{}]"#) }
        simulation.run(for: .seconds(1))
        let overlooked = try #require(member.connection).overlooked
        #expect(overlooked.line == "'chat' (3), 'news' (2), 'a' (1) and 61 more", "\(overlooked.line)")
        member.connection?.close()
        simulation.run(for: .seconds(2))
        #expect(simulation.finish() == Simulation.Leaks())
    }
}

@available(*, unavailable)
extension RecoveryTests.Server: Sendable {}
@available(*, unavailable)
extension RecoveryTests.Member: Sendable {}
