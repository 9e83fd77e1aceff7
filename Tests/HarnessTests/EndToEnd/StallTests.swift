import Foundation
import Glibc
import TestKit
import Testing

/// Two seconds in which one side stands still: whose fault it was has to show in the figures.
///
/// Nothing here is held to a speed, only to who is blamed: a corrected latency near two seconds on both columns when the
/// backend froze, and on one of them when the driver did.
@Suite(.enabled(if: Lane.isSerial, "it stops the program or its server for two seconds"), .serialized)
struct StallTests {
    private static let profile = SmallRun.profile(steady: "8s").replacingOccurrences(
        of: "rate: 5/s", with: "rate: 40/s")

    @Test func `a frozen backend shows in both columns, loses nothing and leaves the generator in time`() async throws {
        let small = try SmallRun(Self.profile)
        let process = try small.start()
        try await process.wait { $0.errors.contains("steady") }
        let children = ProcessTable.descendants(of: process.pid)
        try #require(children.count == 1)
        kill(children[0], SIGSTOP)
        try await Task.sleep(for: .seconds(2))
        kill(children[0], SIGCONT)
        let ending = try await process.end(within: .seconds(40))
        let report = try await SmallRun.Report(in: small.out)
        report.checkIdentities()
        #expect(report.metric("deliveries.lost") == 0, "\(ending.errors)")
        #expect(try #require(report.metric("fanout.latency.max")) > 1_500)
        #expect(try #require(report.metric("fanout.uncorrected.max")) > 1_500)
        #expect(try #require(report.metric("generator.sendLateness.p99")) < 1_000)
    }

    @Test func `a frozen driver shows in the corrected column alone, and the run is not valid`() async throws {
        let small = try SmallRun(
            Self.profile.replacingOccurrences(
                of: "validity: {lateness: 100%, loopLag: 5s, cpu: 100%, throttled: 100%}",
                with: "validity: {loopLag: 500ms, cpu: 100%}")
        )
        let process = try small.start()
        try await process.wait { $0.errors.contains("steady") }
        kill(process.pid, SIGSTOP)
        try await Task.sleep(for: .seconds(2))
        kill(process.pid, SIGCONT)
        let ending = try await process.end(within: .seconds(40))
        let report = try await SmallRun.Report(in: small.out)
        report.checkIdentities()
        #expect(ending.status == 2, "\(ending.errors)")
        #expect(report.verdict == "invalid")
        #expect(try #require(report.metric("fanout.latency.max")) > 1_500)
        #expect(try #require(report.metric("fanout.uncorrected.p90")) < 1_000)
        #expect(try #require(report.metric("generator.loopLag.max")) > 1_500)
    }
}
