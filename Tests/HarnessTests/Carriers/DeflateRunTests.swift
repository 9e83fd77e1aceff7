import TestKit
import Testing

/// Runs over permessage-deflate, against a server of other make that takes nothing else.
@Suite(
    .enabled(if: Lane.isPatient, "the server that compresses is another program"), .sideBySide, .serialized,
    .timeLimit(.minutes(3)))
struct DeflateRunTests {
    private static func withServer<R: Sendable>(
        _ arguments: [String], _ body: (String) async throws -> R
    ) async throws -> R {
        let python = try PythonPeer.required()
        let words = [python.interpreter, PythonPeer.path(of: "tiny_relay.py")] + arguments
        return try await LaunchedServer.with(words, ready: .says("ready")) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            return try await body("relay:ws://127.0.0.1:\(port)/")
        }
    }

    @Test func `a server that forces compression is driven, with the same messages in fewer bytes`() async throws {
        let plain = try await Self.withServer([]) { backend in
            let small = try SmallRun()
            let (ending, report) = try await small.run("--backend", backend)
            report.check(ending, status: 0)
            return try #require(report.metric("wire.bytes.received"))
        }
        try await Self.withServer(["deflate"]) { backend in
            let small = try SmallRun()
            let (ending, report) = try await small.run("--backend", backend, "--set", "backend.compression=deflate")
            report.check(ending, status: 0)
            report.checkIdentities()
            #expect(report.metric("negotiation.connectable") == 12)
            #expect(report.metric("deliveries.lost") == 0)
            let compressed = try #require(report.metric("wire.bytes.received"))
            #expect(compressed * 2 < plain, "\(compressed) of \(plain) bytes")
            print("received \(compressed) bytes with deflate, \(plain) without")
            let refused = try SmallRun()
            let run = try await refused.start("--backend", backend).end()
            #expect(run.status != 0)
            #expect(run.output.contains("offer permessage-deflate"), "\(run.output)")
        }
    }
}
