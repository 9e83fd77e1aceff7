import Foundation
import Glibc
import TestKit
import Testing

/// Runs that end otherwise than planned: no child is left behind, and a report is.
@Suite(.enabled(if: Lane.isSerial, "it kills the program and what that started"), .serialized)
struct EndToEndFaultTests {
    private static let long = SmallRun.profile(steady: "60s")

    @Test(arguments: [SIGINT, SIGTERM])
    func `an interrupted run leaves a partial report, exit 130 and no child`(signal: Int32) async throws {
        let small = try SmallRun(Self.long)
        let process = try small.start()
        try await process.wait { $0.errors.contains("steady") }
        let children = ProcessTable.descendants(of: process.pid)
        #expect(!children.isEmpty)
        process.send(signal)
        let ending = try await process.end(within: .seconds(20))
        #expect(ending.status == 130, "\(ending.errors)")
        let report = try await SmallRun.Report(in: small.out)
        #expect(report.verdict == "interrupted")
        #expect(report.isComplete == false)
        #expect(report.exitCode == 130)
        #expect(report.metric("agents.connected") == 12)
        report.checkIdentities()
        #expect(FileManager.default.fileExists(atPath: "\(small.out)/report.html"))
        for child in children { try await ProcessTable.waitForEnd(of: child) }
    }

    @Test func `an interruption while the backend starts ends at once`() async throws {
        let small = try SmallRun(
            SmallRun.profile(
                extra:
                    "backend: {id: relay, launch: [sleep, 60], url: \"ws://127.0.0.1:\(try LoopbackListener.freePort())/\"}"
            ))
        let process = try small.start()
        try await process.wait { !ProcessTable.descendants(of: $0.pid).isEmpty }
        process.send(SIGINT)
        let ending = try await process.end(within: .seconds(10))
        #expect(ending.status == 130, "\(ending.errors)")
        #expect(try await SmallRun.Report(in: small.out).verdict == "interrupted")
    }

    @Test func `a second signal ends at once, and the child follows`() async throws {
        let small = try SmallRun(Self.long)
        let process = try small.start()
        try await process.wait { $0.errors.contains("steady") }
        let children = ProcessTable.descendants(of: process.pid)
        process.send(SIGINT)
        process.send(SIGINT)
        try await Task.sleep(for: .milliseconds(50))
        process.send(SIGINT)
        #expect(try await process.end(within: .seconds(10)).status == 130)
        for child in children { try await ProcessTable.waitForEnd(of: child) }
    }

    @Test func `a killed backend ends the run by itself: fail, and the report is whole`() async throws {
        let small = try SmallRun(Self.long)
        let process = try small.start()
        try await process.wait { $0.errors.contains("steady") }
        let children = ProcessTable.descendants(of: process.pid)
        #expect(children.count == 1)
        for child in children { kill(child, SIGKILL) }
        let ending = try await process.end(within: .seconds(20))
        #expect(ending.status == 1, "\(ending.errors)")
        let report = try await SmallRun.Report(in: small.out)
        #expect(report.verdict == "fail")
        #expect(report.reasons.contains("lost"), "\(report.reasons)")
        #expect((ending.output + ending.errors).contains("lost"), "\(ending.output) \(ending.errors)")
        report.checkIdentities()
        for file in ["report.json", "report.html", "junit.xml", "summary.md"] {
            #expect(FileManager.default.fileExists(atPath: "\(small.out)/\(file)"), "\(file)")
        }
    }

    @Test func `a killed driver leaves a readable report marked interrupted, and no child`() async throws {
        let small = try SmallRun(Self.long)
        let process = try small.start()
        try await process.wait { $0.errors.contains("steady") }
        let children = ProcessTable.descendants(of: process.pid)
        process.send(SIGKILL)
        #expect(try await process.end().status == 128 + SIGKILL)
        let report = try await SmallRun.Report(in: small.out)
        #expect(report.verdict == "interrupted")
        #expect(report.isComplete == false)
        for child in children { try await ProcessTable.waitForEnd(of: child) }
    }

    @Test(arguments: [
        (200, "report.html: the disk or the quota is full; written: report.json", "write the rest", true),
        (20, "report.json: the disk or the quota is full; written: summary.md", "run it again", false),
    ])
    func `a disk that is full at the end loses no figure, and has an exit code of its own`(
        blocks: Int, says: String, cure: String, isComplete: Bool
    ) async throws {
        let small = try SmallRun()
        // A limit on the size of a file is told like a full disk: the result fits, the page does not.
        let process = try SignalbenchProcess(
            [
                "-c", #"ulimit -f \#(blocks); exec "$0" "$@""#, SignalbenchProcess.executable, "run", small.profile,
                "--out",
                small.out, "--backend", "relay",
            ], in: small.folder.path, executable: "/bin/bash")
        let ending = try await process.end()
        #expect(ending.status == 73, "\(ending.output) \(ending.errors)")
        #expect(ending.output.contains("negotiation completion"))
        #expect(ending.errors.contains(says) && ending.errors.contains(cure), "\(ending.errors)")
        let report = try await SmallRun.Report(in: small.out)
        #expect(report.isComplete == isComplete)
        if isComplete { report.checkIdentities() }
    }
}
