import Foundation
import Glibc
import Harness
import TestKit
import Testing

/// Runs that kill, stop and start again the backend that they started.
@Suite(
    .enabled(if: Lane.isPatient, "processes are killed and stopped, and the plan says when"), .sideBySide, .serialized,
    .timeLimit(.minutes(2)))
struct ProcessFaultTests {
    private static func run(
        steady: String, faults: String, backend: String = "backend: {id: relay, reconnect: backoff}"
    ) throws -> SmallRun {
        try SmallRun(
            SmallRun.profile(
                steady: steady, extra: "\(backend)\nfaults: [\(faults)]\nexpect: [DLV-01, REC-01]\nverdict: none"))
    }

    private static func fault(_ report: SmallRun.Report) throws -> [String: Any] {
        let faults = try #require(report.json["faults"] as? [[String: Any]])
        #expect(faults.count == 1 && report.json["proxy"] == nil)
        return try #require(faults.first)
    }

    /// Ours is told its port again, and Mosquitto stands behind a supervisor.
    @Test(arguments: ["relay", "mosquitto"])
    func `a backend that is started again has everybody back where they were`(backend: String) async throws {
        var text = "backend: {id: relay, reconnect: backoff}"
        if backend == "mosquitto" {
            let port = try LoopbackListener.freePort()
            text = """
                backend:
                  id: mqtt
                  url: mqtt://127.0.0.1:\(port)
                  launch: ["\(try Programs.path(of: "mosquitto"))", "-p", "\(port)"]
                  reconnect: backoff
                  layout: broadcast
                  qos: 1
                """
        }
        let small = try Self.run(steady: "6s", faults: "{at: 2s, for: 1s, kind: restart}", backend: text)
        let (ending, report) = try await small.run()
        report.checkIdentities()
        let fault = try Self.fault(report)
        #expect(report.isComplete == true && !report.reasons.contains("backend was lost"), "\(ending.errors)")
        #expect(fault["kind"] as? String == "restart" && fault["recovered"] as? Bool == true, "\(fault)")
        let outages = try #require(report.json["outages"] as? [[String: Any]], "\(ending.errors)")
        #expect(outages.reduce(0) { $0 + ($1["agents"] as? Int ?? 0) } == 12)
        #expect(outages.reduce(0) { $0 + ($1["recovered"] as? Int ?? 0) } == 12)
        #expect(report.metric("fault.restart.reconnects") == 12)
        // What was due while it was away never left, and nobody was owed it.
        #expect(outages.reduce(0) { $0 + ($1["unsent"] as? Int ?? 0) } > 0)
    }

    @Test func `a stopped backend delivers everything when it goes on`() async throws {
        let small = try Self.run(steady: "4s", faults: "{at: 2s, for: 1s, kind: stop}")
        let (_, report) = try await small.run()
        report.checkIdentities()
        let fault = try Self.fault(report)
        #expect(fault["recovered"] as? Bool == true && report.json["outages"] == nil, "\(fault)")
        #expect(report.metric("deliveries.lost") == 0 && report.metric("fault.stop.during.unsent") == 0)
        #expect(try #require(report.metric("fault.stop.backlog.time")) > 0)
        let during = try #require((fault["during"] as? [String: Any])?["fanout"] as? [String: Any])
        // What was due when it fell asleep.
        #expect(try #require(during["max"] as? Double) > 500)
    }

    @Test func `a killed backend was not lost against the plan, but nobody recovers from it`() async throws {
        let small = try Self.run(steady: "3s", faults: "{at: 2s, kind: kill}")
        let (ending, report) = try await small.run("--set", "phases.drain=1s")
        report.checkIdentities()
        let fault = try Self.fault(report)
        #expect(report.isComplete == true && !report.reasons.contains("backend was lost"), "\(ending.errors)")
        #expect(fault["recovered"] as? Bool == false)
        #expect(report.metric("fault.kill.recovery.time.censored") == 1)
        #expect(report.metric("agents.disconnected") == 12)
    }

    @Test func `a driver that dies while the backend is stopped leaves nothing behind`() async throws {
        let small = try Self.run(steady: "60s", faults: "{at: 1s, for: 50s, kind: stop}")
        let process = try small.start([])
        try await process.wait { process in
            ProcessTable.descendants(of: process.pid).contains { ProcessStat(pid: $0)?.state == "T" }
        }
        let children = ProcessTable.descendants(of: process.pid)
        process.send(SIGKILL)
        _ = try await process.end()
        for child in children { try await ProcessTable.waitForEnd(of: child) }
    }

    @Test func `a run that ends early lets the backend go on, so that it ends in order`() async throws {
        let small = try Self.run(steady: "60s", faults: "{at: 1s, for: 50s, kind: stop}")
        let process = try small.start([])
        try await process.wait { process in
            ProcessTable.descendants(of: process.pid).contains { ProcessStat(pid: $0)?.state == "T" }
        }
        let children = ProcessTable.descendants(of: process.pid)
        process.send(SIGINT)
        #expect(try await process.end(within: .seconds(20)).status == 130)
        for child in children { try await ProcessTable.waitForEnd(of: child) }
    }

    @Test func `a backend that the run did not start has no process to kill`() async throws {
        let small = try Self.run(steady: "1s", faults: "{at: 1s, kind: kill}")
        let ending = try await small.start("--backend", "relay:ws://127.0.0.1:9/").end()
        #expect(ending.status == 65, "\(ending.errors)")
        #expect(ending.errors.contains("faults: kill happens to a process, and this run does not start the backend"))
    }
}
