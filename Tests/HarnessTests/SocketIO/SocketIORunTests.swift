import Foundation
import Glibc
import TestKit
import Testing

/// Runs against Socket.IO servers, ours and one that we did not write.
@Suite(
    .enabled(if: Lane.isPatient, "it runs the program against servers that are not ours"), .sideBySide, .serialized,
    .timeLimit(.minutes(5)))
struct SocketIORunTests {
    private static let options = [
        "events.join=join", "events.message=signal", "events.direct=signal_to", "events.left=left", "fields.to=target",
        "fields.from=sender",
    ]

    @Test func `somebody else's server is driven by settings alone, and its counts are as predicted`() async throws {
        let python = try PythonPeer.required()
        let words = [python.interpreter, PythonPeer.path(of: "socketio_rooms.py")]
        try await LaunchedServer.with(words, ready: .says("ready")) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            let small = try SmallRun(BrokerRun.profile())
            let run = try small.start(
                ["--backend", "socketio:http://127.0.0.1:\(port)"]
                    + Self.options.flatMap { ["--set", "backend.\($0)"] })
            let ending = try await run.end()
            let report = try await SmallRun.Report(in: small.out)
            report.check(ending, status: 0)
            try BrokerRun.check(report, pairs: 36)
        }
    }

    @Test(arguments: ["websocket", "polling", "polling,websocket"])
    func `a server that never acknowledges a join is driven by the grace`(transport: String) async throws {
        let python = try PythonPeer.required()
        let words = [python.interpreter, PythonPeer.path(of: "socketio_rooms.py"), "mute"]
        try await LaunchedServer.with(words, ready: .says("ready")) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            let small = try SmallRun()
            let options = (Self.options + ["transport=\(transport)"]).joined(separator: "&")
            let (ending, report) = try await small.run("--backend", "socketio?\(options):http://127.0.0.1:\(port)")
            report.check(ending, status: 0)
            report.checkIdentities()
            #expect(report.metric("negotiation.connectable") == 12)
            #expect(report.metric("deliveries.lost") == 0)
            // Nobody vouches for a member until its first receipt, so what comes before that is not required.
            #expect(try #require(report.metric("deliveries.grey")) > 0)
        }
    }

    @Test func `the embedded server carries a run, and nothing is lost`() async throws {
        let small = try SmallRun()
        let (ending, report) = try await small.run("--backend", "socketio")
        report.check(ending, status: 0)
        try BrokerRun.check(report, pairs: 12)
    }

    @Test func `the flag of the published holes belongs to socketio alone, and stays hidden`() async throws {
        let refused = try await SignalbenchProcess.run("serve", "relay", "--faithful-2016")
        #expect(refused.status == 64)
        #expect(refused.errors.contains("--faithful-2016"))
        #expect(try await !SignalbenchProcess.run("serve", "--help").output.contains("faithful"))
        let server = try SignalbenchProcess(["serve", "socketio", "--faithful-2016"])
        try await server.wait { $0.output.hasSuffix("\n") }
        server.send(SIGTERM)
        #expect(try await server.end().status == 0)
    }
}
