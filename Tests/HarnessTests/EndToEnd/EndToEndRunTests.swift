import Foundation
import TestKit
import Testing

/// Whole runs against the embedded relay; each takes a few seconds.
@Suite(.enabled(if: Lane.isSerial, "it runs the program"), .serialized)
struct EndToEndRunTests {
    @Test(arguments: [
        // Four rooms; a room: M = 3 + 3 · 7 + 3 byes = 27 messages, useful 6 + 21 + 6 = 33.
        ("relay", [] as [String], 4 * 2 * 27), ("relay", ["--set", "backend.echo=true"], 4 * 3 * 27),
        ("relay-routed", [], 4 * 33),
    ])
    func `a small run passes and its counts are those of the arithmetic`(
        backend: String, flags: [String], deliveries: Int
    ) async throws {
        let small = try SmallRun()
        let process = try SignalbenchProcess(
            ["run", small.profile, "--out", small.out, "--backend", backend] + flags, in: small.folder.path)
        let ending = try await process.end()
        let report = try await SmallRun.Report(in: small.out)
        report.check(ending, status: 0)
        #expect(report.isComplete == true)
        #expect(report.metric("agents.connected") == 12)
        #expect(report.metric("signaling.sent") == 108)
        #expect(report.metric("signaling.deliveries") == Double(deliveries))
        #expect(report.metric("signaling.useful") == 132)
        #expect(report.metric("amplification.messages") == report.metric("amplification.predicted"))
        #expect(report.metric("negotiation.completion") == 1)
        for defect in ["lost", "duplicate", "stray", "reordered", "corrupted"] {
            #expect(report.metric("deliveries.\(defect)") == 0, "\(defect)")
        }
        report.checkIdentities()
        #expect(try #require(report.metric("backend.rss")) > 1_000_000)
        #expect(try #require(report.metric("generator.cpu")) > 0)
    }

    /// Release builds leave out the checks of exclusive access on the hot path; here the whole program has them.
    @Test func `the debug build plays a run with its checks on`() async throws {
        let small = try SmallRun()
        let process = try SignalbenchProcess(
            ["run", small.profile, "--out", small.out, "--quiet"], in: small.folder.path,
            executable: try SignalbenchProcess.debugExecutable)
        let ending = try await process.end()
        let report = try await SmallRun.Report(in: small.out)
        report.check(ending, status: 0)
        report.checkIdentities()
        #expect(report.metric("agents.connected") == 12)
    }

    @Test func `the end is told on standard output, progress on standard error`() async throws {
        let small = try SmallRun()
        let (ending, report) = try await small.run()
        let verdict = (report.verdict ?? "").uppercased()
        #expect(ending.output.hasPrefix("\(verdict)  small against relay"), "\(ending.output)")
        for line in ["negotiation completion", "time to connectable", "fan-out", "amplification", "report: "] {
            #expect(ending.output.contains(line), "\(line)")
        }
        #expect(ending.output.contains(small.out))
        #expect(ending.errors.contains("agents 12/12"), "\(ending.errors)")
        for file in ["report.json", "report.html", "junit.xml", "summary.md", "samples.hlog", "backend.stderr.log"] {
            #expect(FileManager.default.fileExists(atPath: "\(small.out)/\(file)"), "\(file)")
        }
    }

    @Test func `machine output is the result alone, and quiet is quiet`() async throws {
        let small = try SmallRun()
        let (ending, report) = try await small.run("--format", "json", "--quiet", "--no-html")
        #expect(ending.errors.isEmpty, "\(ending.errors)")
        let printed = try SmallRun.Report(ending.output)
        #expect(printed.json as NSDictionary == report.json as NSDictionary)
        #expect(!FileManager.default.fileExists(atPath: "\(small.out)/report.html"))
    }

    @Test func `a gate that fails is exit 1, one without samples is exit 2`() async throws {
        let failing = try await SmallRun().run("--gate", "messages.sent < 10", "--quiet")
        failing.report.check(failing.ending, status: 1)
        #expect(failing.ending.output.contains("gate fail: messages.sent < 10"))
        let empty = try SmallRun()
        let ending = try await empty.start("--gate", "session.reconnect.p50 < 1s", "--quiet").end()
        #expect(ending.status == 2, "\(ending.output)")
        #expect(try await SmallRun.Report(in: empty.out).verdict == "invalid")
    }

    @Test func `two backends get the same plan and a comparison`() async throws {
        let small = try SmallRun()
        let ending = try await small.start(
            "--backend", "relay", "--backend", "relay-routed", "--quiet", "--gate", "amplification.messages < 1.5"
        ).end()
        let relay = try await SmallRun.Report(in: small.out + "/relay")
        let routed = try await SmallRun.Report(in: small.out + "/relay-routed")
        let verdicts = [relay.verdict, routed.verdict]
        #expect(verdicts.contains("invalid") || verdicts == ["fail", "pass"])
        #expect(ending.status == (verdicts.contains("invalid") ? 2 : 1), "\(ending.output) \(ending.errors)")
        #expect(relay.metric("amplification.messages") ?? 0 > 1.5)
        #expect(routed.metric("amplification.messages") == 1)
        let digest = { (report: SmallRun.Report) in (report.json["plan"] as? [String: Any])?["digest"] as? String }
        #expect(digest(relay) == digest(routed))
        for file in ["comparison.html", "comparison.md", "comparison.json"] {
            #expect(FileManager.default.fileExists(atPath: "\(small.out)/\(file)"), "\(file)")
        }
    }

    @Test func `a launched server is started, awaited, sampled and stopped`() async throws {
        let port = try LoopbackListener.freePort()
        let small = try SmallRun(
            SmallRun.profile(
                extra: """
                    backend:
                      id: relay
                      launch: [sh, -c, "exec \(try SignalbenchProcess.executable) serve relay --port \(port)"]
                      url: ws://127.0.0.1:\(port)/
                    """))
        let (ending, report) = try await small.run("--quiet")
        report.check(ending, status: 0)
        #expect(try #require(report.metric("backend.cpu")) > 0)
        let pid = try #require(report.backend["pid"] as? Int)
        #expect(!ProcessTable.isAlive(Int32(pid)))
    }

    @Test func `our own serve is launched with its flags, and its delay shows`() async throws {
        let small = try SmallRun(
            SmallRun.profile(
                extra: "backend: {id: relay, launch: [signalbench, serve, relay, --delay, 50ms]}"))
        let (ending, report) = try await small.run("--quiet")
        report.check(ending, status: 0)
        #expect(try #require(report.metric("fanout.latency.p50")) >= 50)
    }

    @Test func `more agents than descriptors is invalid and names the side`() async throws {
        let small = try SmallRun()
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = [
            "-c",
            "ulimit -n 80; exec \(try SignalbenchProcess.executable) run \(small.profile) --agents 60 --quiet "
                + "--out \(small.out)",
        ]
        shell.standardError = FileHandle.nullDevice
        shell.standardOutput = FileHandle.nullDevice
        try shell.run()
        while shell.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        let report = try await SmallRun.Report(in: small.out)
        #expect(shell.terminationStatus == 2, "\(report.reasons)")
        #expect(report.verdict == "invalid")
        #expect(report.reasons.contains("generator"), "\(report.reasons)")
        #expect(report.reasons.contains("file descriptors"), "\(report.reasons)")
    }

    @Test func `a result is rendered again and compared with another`() async throws {
        let first = try SmallRun()
        _ = try await first.run("--quiet")
        let second = try SmallRun()
        _ = try await second.run("--quiet", "--backend", "relay-routed")
        let rendered = try await SignalbenchProcess.run(
            "report", first.out + "/report.json", "--out", first.folder.path + "/again")
        #expect(rendered.status == 0, "\(rendered.errors)")
        #expect(FileManager.default.fileExists(atPath: first.folder.path + "/again/report.html"))
        let compared = try await SignalbenchProcess.run(
            "compare", first.out + "/report.json", second.out + "/report.json")
        #expect(compared.status == 0, "\(compared.errors)")
        #expect(compared.output.contains("inconclusive, n=1"), "\(compared.output)")
        let strict = try await SignalbenchProcess.run(
            "compare", first.out, second.out, "--fail-on-regression")
        #expect(strict.status == 2)
        let other = try SmallRun()
        _ = try await other.run("--quiet", "--agents", "9")
        let refused = try await SignalbenchProcess.run("compare", first.out, other.out)
        #expect(refused.status == 65)
        #expect(refused.errors.contains("settings"))
    }
}
