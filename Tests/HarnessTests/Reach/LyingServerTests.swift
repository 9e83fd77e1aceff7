import Foundation
import TestKit
import Testing

/// What `SimulationTests` hold of servers that lie in virtual time, once over real sockets: the servers are other programs.
@Suite(
    .enabled(if: Lane.isPatient, "the servers are other programs"), .sideBySide, .serialized, .timeLimit(.minutes(2)))
struct LyingServerTests {
    /// One way to lie, the metric that has to say as many as the server's log, and what the end of the run names.
    struct Lie: Sendable {
        var name: String
        var metric: String
        var says: String
        var gate: String?
        /// Whether the metric is a time and can only show that it happened.
        var isTime = false
        /// Whether connections are cut: what is under way then one end has sent and the other has not.
        var isCut = false
    }

    private static let lies = [
        Lie(name: "Drops", metric: "deliveries.lost", says: "breaks DLV-01"),
        Lie(name: "Doubles", metric: "deliveries.duplicate", says: "breaks DLV-03"),
        Lie(name: "Leaks", metric: "deliveries.stray", says: "breaks ROOM-01"),
        Lie(name: "Alters", metric: "deliveries.corrupted", says: "breaks PAY-01"),
        Lie(name: "Reorders", metric: "deliveries.reordered", says: "breaks ORD-01"),
        Lie(name: "Refuses", metric: "sessions.refused", says: "Only 4 of 6 agents joined"),
        Lie(name: "Replays", metric: "deliveries.foreign", says: "not fit"),
        Lie(
            name: "Stalls", metric: "fanout.latency.max", says: "gate fail", gate: "fanout.latency.max < 1s",
            isTime: true),
        Lie(
            name: "Late", metric: "session.connect.p50", says: "gate fail", gate: "session.connect.p50 < 500ms",
            isTime: true),
        Lie(name: "Dies", metric: "agents.disconnected", says: "6 of 6 agents lost their connection", isCut: true),
    ]

    /// What a server says of itself.
    private struct Log: Decodable {
        var lie: String
        var taken: Double
        var said: Double
        var lies: Double
    }

    @Test func `every count is the server's own, and no verdict is a pass`() async throws {
        let script = [try PythonPeer.required().interpreter, PythonPeer.path(of: "lying_relays.py")]
        try await LaunchedServer.with(script + Self.lies.map(\.name), ready: .says("ready")) { server in
            let ports = server.output.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init)
            try #require(ports.count == Self.lies.count)
            try await ReachRun.each(Array(zip(Self.lies, ports))) { lie, port in
                try await Self.play(lie, at: port, of: server)
            }
        }
    }

    private static func play(_ lie: Lie, at port: String, of server: LaunchedServer) async throws {
        let flags =
            ["--backend", "relay:ws://127.0.0.1:\(port)/", "--set", "phases.drain=3s"]
            + (lie.gate.map { ["--gate", $0] } ?? [])
        let (ending, report) = try await ReachRun.play(flags)
        let log = try await Self.log(of: lie.name, server)
        #expect(log.lies > 0, "\(lie.name) told no lie")
        let (sent, received) = (report.metric("messages.sent") ?? 0, report.metric("deliveries.total") ?? 0)
        #expect(lie.isCut ? sent >= log.taken : sent == log.taken, "\(lie.name): \(sent), truly \(log.taken)")
        #expect(lie.isCut ? received <= log.said : received == log.said, "\(lie.name): \(received), truly \(log.said)")
        let reported = report.metric(lie.metric) ?? -1
        #expect(lie.isTime ? reported >= 950 : reported == log.lies, "\(lie.name): \(reported), truly \(log.lies)")
        // A busy machine may make any of them invalid besides.
        #expect([1, 2].contains(ending.status) && ending.output.contains(lie.says), "\(lie.name): \(ending.output)")
        let parts = ["delivered", "censored", "excused"].map { report.metric("deliveries.\($0)") ?? 0 }
        #expect(report.metric("deliveries.expected") == parts.reduce(0, +), "\(lie.name)")
    }

    /// What a server printed when its last client had gone; it may take a moment.
    private static func log(of name: String, _ server: LaunchedServer) async throws -> Log {
        for _ in 0..<100 {
            let logs = server.output.split(separator: "\n").compactMap {
                try? JSONDecoder().decode(Log.self, from: Data($0.utf8))
            }
            if let log = logs.last(where: { $0.lie == name }) { return log }
            try await Task.sleep(for: .milliseconds(50))
        }
        return try #require(nil, "\(name) printed no log")
    }
}
