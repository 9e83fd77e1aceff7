import Foundation
import Glibc
import TestKit
import Testing

/// A backend that dies under a run and comes back: the agents follow, and the report shows the gap.
@Suite(.enabled(if: Lane.isPatient, "it kills the server of a running program"), .sideBySide, .serialized)
struct RestartTests {
    @Test(arguments: [("relay", "ws"), ("relay-routed", "ws"), ("baas", "http"), ("socketio", "http")])
    func `agents come back to a restarted backend, and the report shows the gap`(
        backend: String, scheme: String
    ) async throws {
        let port = try LoopbackListener.freePort()
        let small = try SmallRun(SmallRun.profile(steady: "12s"))
        let serve = ["serve", backend, "--port", String(port)]
        let first = try SignalbenchProcess(serve, in: small.folder.path)
        try await first.wait { $0.output.contains("\"ready\":true") }
        let run = try small.start(
            "--backend", "\(backend):\(scheme)://127.0.0.1:\(port)/", "--set", "backend.reconnect=backoff")
        try await run.wait { $0.errors.contains("steady") }
        try await Task.sleep(for: .seconds(1))
        first.send(SIGKILL)
        _ = try await first.end()
        try await Task.sleep(for: .seconds(1))
        let second = try SignalbenchProcess(serve, in: small.folder.path)
        let ending = try await run.end(within: .seconds(60))
        second.send(SIGTERM)
        #expect(try await second.end(within: .seconds(10)).status == 0)

        let report = try await SmallRun.Report(in: small.out)
        report.checkIdentities()
        let outages = try #require(report.json["outages"] as? [[String: Any]], "\(ending.errors)")
        #expect(outages.count == 1)
        let outage = try #require(outages.first)
        #expect(outage["agents"] as? Int == 12)
        #expect(outage["recovered"] as? Int == 12)
        let start = try #require(outage["start"] as? Double)
        let end = try #require(outage["end"] as? Double)
        #expect(end - start >= 1)
        #expect(report.metric("agents.reconnects") == 12)
        #expect(try #require(outage["unsent"] as? Int) > 0)
        #expect(Double(outage["lost"] as? Int ?? -1) == report.metric("deliveries.lost"))
        let page = try String(contentsOfFile: "\(small.out)/report.html", encoding: .utf8)
        #expect(page.contains("Lost connections"))
    }
}
