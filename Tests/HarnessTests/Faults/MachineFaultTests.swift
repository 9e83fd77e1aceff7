import Foundation
import Glibc
import TestKit
import Testing

@testable import Harness

/// Faults of the machine on the kernel's own control groups, which take a user that may make them.
///
/// Where nobody lets us, the run has to say so before it starts anything: the tests then hold it to that.
@Suite(
    .enabled(if: Lane.isPatient, "the kernel withholds processor time, and drivers are killed"), .sideBySide,
    .serialized,
    .timeLimit(.minutes(2)))
struct MachineFaultTests {
    /// Why no control group can be had here; nil where one can.
    private static func refusal() -> HarnessError? {
        do {
            if let mark = RunMark.own { try FaultGroup.make(mark).dissolve() }
            return nil
        } catch {
            return error
        }
    }

    private static func run(steady: String, _ fault: String) throws -> SmallRun {
        try SmallRun(SmallRun.profile(steady: steady, extra: "faults: [\(fault)]\nverdict: none"))
    }

    /// Whether this machine refuses, as a run against it has to as well.
    private static func isRefused(_ small: SmallRun) async throws -> Bool {
        guard let refusal = self.refusal() else { return false }
        let ending = try await small.start([]).end()
        #expect(ending.status == 2 && ending.errors.contains(refusal.message), "\(ending.errors)")
        #expect(ending.errors.contains("cure: "))
        return true
    }

    private static func groups(of driver: Int32) -> [String] {
        FaultGroup.marked().filter { $0.mark.pid == driver }.map { "\($0.parent)/\($0.mark.name)" }
    }

    private static func hasQuota(_ folder: String) -> Bool {
        let quota = ProcFile.text(of: "\(folder)/cpu.max") ?? ProcFile.text(of: "\(folder)/cpu.cfs_quota_us") ?? "max"
        return !quota.hasPrefix("max") && !quota.hasPrefix("-1")
    }

    @Test func `a backend gets no more than its quota while the fault lasts, by the count of the kernel`() async throws
    {
        let small = try Self.run(steady: "3s", "{at: 1s, for: 1s, kind: cpu, cores: 0.01}")
        if try await Self.isRefused(small) { return }
        // Enough that a hundredth of a core cannot carry it.
        let process = try small.start("--set", "chatter.rate=100/s")
        try await process.wait { process in Self.groups(of: process.pid).contains(where: Self.hasQuota) }
        let ending = try await process.end()
        let report = try await SmallRun.Report(in: small.out)
        report.checkIdentities()
        #expect(report.isComplete == true && !report.reasons.contains("backend was lost"), "\(ending.errors)")
        let fault = try #require((report.json["faults"] as? [[String: Any]])?.first)
        #expect(fault["name"] as? String == "quota of 0.01 cores" && fault["recovered"] as? Bool == true, "\(fault)")
        #expect(try #require(report.metric("backend.throttled.time")) > 0)
        #expect(report.metric("fault.cpu.during.lost") == 0 && report.json["outages"] == nil)
        #expect(Self.groups(of: process.pid).isEmpty)
    }

    @Test func `a run that ends early lifts the quota and takes its group with it`() async throws {
        let small = try Self.run(steady: "60s", "{at: 500ms, for: 50s, kind: cpu, cores: 0.01}")
        if try await Self.isRefused(small) { return }
        let process = try small.start([])
        try await process.wait { process in Self.groups(of: process.pid).contains(where: Self.hasQuota) }
        let children = ProcessTable.descendants(of: process.pid)
        process.send(SIGINT)
        #expect(try await process.end(within: .seconds(20)).status == 130)
        #expect(Self.groups(of: process.pid).isEmpty)
        for child in children { try await ProcessTable.waitForEnd(of: child) }
    }

    @Test func `the next run removes what a driver left behind that was killed in the middle of a fault`() async throws
    {
        let small = try Self.run(steady: "60s", "{at: 500ms, for: 50s, kind: cpu, cores: 0.01}")
        if try await Self.isRefused(small) { return }
        let process = try small.start([])
        try await process.wait { process in Self.groups(of: process.pid).contains(where: Self.hasQuota) }
        let children = ProcessTable.descendants(of: process.pid)
        let group = try #require(Self.groups(of: process.pid).first)
        process.send(SIGKILL)
        _ = try await process.end()
        for child in children { try await ProcessTable.waitForEnd(of: child) }
        // A run of another suite may be the next one.
        let next = try SmallRun(SmallRun.profile(steady: "100ms"))
        let ending = try await next.start([]).end()
        #expect(!FileManager.default.fileExists(atPath: group), "\(ending.errors)")
        #expect(FileManager.default.fileExists(atPath: next.out + "/report.json"))
    }

    @Test func `a user who may not make a group is told before anything starts`() async throws {
        let small = try Self.run(steady: "1s", "{at: 500ms, for: 1s, kind: cpu, cores: 0.5}")
        if getuid() != 0, Self.refusal() == nil { return }
        let ending: SignalbenchProcess.Ending
        if getuid() == 0 {
            let nobody = ["--reuid=65534", "--clear-groups", try SignalbenchProcess.executable]
            let setpriv = try Programs.path(of: "setpriv")
            // The program may stand where nobody else may look.
            guard try await SignalbenchProcess(nobody + ["--version"], executable: setpriv).end().status == 0 else {
                return
            }
            ending = try await SignalbenchProcess(nobody + ["run", small.profile], executable: setpriv).end()
        } else {
            ending = try await small.start([]).end()
        }
        #expect(ending.status == 2, "\(ending.errors)")
        #expect(ending.errors.contains("faults: cpu needs") && ending.errors.contains("or leave the fault out"))
        #expect(!FileManager.default.fileExists(atPath: small.out))
    }
}
