import NIOCore
import NIOHTTP1
import Signaling
import Simulation
import Testing

@testable import Backends

/// Cookies that a server sets are sent with what follows, however a session is carried.
struct CookieTests {
    /// A door that sets one cookie more with each answer to a handshake, and answers each upgrade.
    private final class Door {
        let http: ScriptedHTTP
        private var answers = 0

        init(_ loop: any EventLoop) {
            self.http = ScriptedHTTP(loop)
            self.http.answer = { [unowned self] request, channel in self.answer(request, channel) }
        }

        /// The cookies of each handshake's request, as `poll a=1` or `upgrade -`.
        var seen: [String] {
            self.http.requests.filter { $0.line.hasPrefix("GET") }.map { request in
                let field = request.head.split(separator: "\r\n").first { $0.hasPrefix("Cookie: ") }
                return (Self.isUpgrade(request) ? "upgrade " : "poll ") + (field.map { String($0.dropFirst(8)) } ?? "-")
            }
        }

        private static func isUpgrade(_ request: ScriptedHTTP.Request) -> Bool {
            request.head.contains("Sec-WebSocket-Key")
        }

        private func answer(_ request: ScriptedHTTP.Request, _ channel: any Channel) -> String {
            guard request.line.hasPrefix("GET") else { return "" }
            self.answers += 1
            let cookie = "c\(self.answers)=\(self.answers)"
            guard Self.isUpgrade(request) else {
                return ScriptedHTTP.ok(
                    #"0{"sid":"e1","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}"#,
                    "Set-Cookie: \(cookie); Path=/; HttpOnly; SameSite=Strict\r\n")
            }
            let lines = request.head.split(separator: "\r\n").dropFirst()
            let fields = lines.compactMap { line in
                line.firstRange(of: ": ").map { (String(line[..<$0.lowerBound]), String(line[$0.upperBound...])) }
            }
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: HTTPHeaders(fields))
            let first =
                request.line.contains("sid=") ? "3probe" : #"0{"sid":"e1","pingInterval":25000,"pingTimeout":20000}"#
            WebSocketAcceptance.answer(to: head, on: channel).assumeIsolated().whenSuccess { fields in
                var all = "HTTP/1.1 101 Switching Protocols\r\nSet-Cookie: \(cookie)\r\n"
                for (name, value) in fields { all += "\(name): \(value)\r\n" }
                var bytes = ByteBuffer(string: all + "\r\n")
                WebSocketFraming.frame(.text, payload: ByteBuffer(string: first), mask: nil, into: &bytes)
                channel.writeAndFlush(bytes, promise: nil)
            }
            return ""
        }
    }

    @Test(arguments: [
        ("websocket", ["upgrade -", "upgrade c1=1", "upgrade c1=1; c2=2"]),
        (
            "polling,websocket",
            [
                "poll -", "upgrade c1=1", "poll c1=1; c2=2", "upgrade c1=1; c2=2; c3=3", "poll c1=1; c2=2; c3=3; c4=4",
                "upgrade c1=1; c2=2; c3=3; c4=4; c5=5",
            ]
        ),
    ])
    func `an upgrade brings the cookies of the polls before it, a reconnect those of the whole session`(
        transport: String, expected: [String]
    ) throws {
        let simulation = Simulation(seed: 3)
        let door = Door(simulation.loop)
        simulation.network.listen(at: "server", door.http)
        let member = try RecoveryTests.Member(simulation, ["transport": transport])
        for _ in 0..<3 {
            try member.connect()
            simulation.run(for: .seconds(1))
            for link in simulation.network.links { link.suffer(.reset) }
            simulation.run(for: .seconds(1))
        }
        #expect(door.seen == expected)
    }
}
