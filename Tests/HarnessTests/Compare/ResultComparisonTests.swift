import Foundation
import Measure
import Reporting
import Testing
import Workload

@testable import Harness

struct ResultComparisonTests {
    @Test(arguments: [
        ("fanout.latency.p99", MetricDirection.lowerIsBetter), ("negotiation.completion", .higherIsBetter),
        ("generator.deliveriesPerCpuSecond", .higherIsBetter), ("deliveries.lost", .lowerIsBetter),
        ("messages.sent", .neither), ("amplification.messages", .lowerIsBetter), ("amplification.predicted", .neither),
        ("fault.cut.recovery.time", .lowerIsBetter), ("fault.cut.calls.met", .neither),
        ("negotiation.planned.p50", .neither), ("backend.rss", .lowerIsBetter), ("agents.connected", .neither),
    ])
    func `a metric knows its better side`(path: String, direction: MetricDirection) {
        #expect(MetricDirection.of(path) == direction)
    }

    /// A run with some metrics.
    static func document(
        _ metrics: [String: Double], seed: UInt64 = 1, agents: Int = 200
    ) throws -> ReportDocument {
        var profile = Profile()
        profile.seed = seed
        profile.agents = agents
        let result = RunResult(
            tool: "signalbench test", verdict: .pass, gates: [], validity: Validity(fit: true, reasons: [], checks: []),
            metrics: metrics, histograms: [:], series: SeriesReport(), negotiations: NegotiationReport(),
            backend: BackendReport(id: "relay", url: "", command: nil, declared: [:]),
            plan: PlanReport(digest: "d", seed: seed, comparableDigest: profile.comparableDigest),
            environment: EnvironmentReport(
                command: "", os: "", kernel: "", cores: 2, memory: 1, swift: "", limits: [:]),
            startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:01:00Z", complete: true)
        return try ReportDocument(result: result, profile: profile)
    }

    @Test func `what was simulated stands beside what was measured only when asked`() throws {
        var simulated = try Self.document(["fanout.latency.p50": 3])
        simulated.result.simulated = true
        let groups = [
            TrialGroup(name: "measured", trials: [try Self.document(["fanout.latency.p50": 2])]),
            TrialGroup(name: "model", trials: [simulated]),
        ]
        #expect(throws: HarnessError.self) { try ResultComparison(groups: groups) }
        #expect(try ResultComparison(groups: groups, withSimulated: true).candidates.count == 1)
        #expect(throws: Never.self) { try ResultComparison(groups: [groups[1], groups[1]]) }
    }

    /// Trials of one metric about a level, with a spread that is always the same.
    private static func group(
        _ name: String, _ metric: String, _ level: Double, spread: Double, count: Int, seed: UInt64 = 1
    ) throws -> TrialGroup {
        let steps: [Double] = [0.3, -1.1, 0.9, -0.4, 0.1, 1.2, -0.8, 0.6, -0.2, -0.6]
        return TrialGroup(
            name: name,
            trials: try (0..<count).map {
                try Self.document(
                    ["deliveries.lost": 0].merging([metric: level * (1 + spread * steps[$0])]) { $1 },
                    seed: seed + UInt64($0))
            })
    }

    /// The finding on one metric.
    private func finding(
        _ metric: String = "fanout.latency.p50", change: Double, spread: Double, count: Int = 5
    ) throws -> ResultComparison.Row {
        let comparison = try ResultComparison(groups: [
            try Self.group("base", metric, 10, spread: spread, count: count),
            try Self.group("new", metric, 10 * (1 + change), spread: spread, count: count),
        ])
        return try #require(comparison.candidates.first?.rows.first { $0.metric == metric })
    }

    @Test func `a regression of ten per cent is found with five runs a side`() throws {
        let row = try self.finding(change: 0.10, spread: 0.01)
        #expect(row.finding == .regressed && row.isJudged)
        #expect(try #require(row.pAdjusted) < 0.05)
        #expect(abs(try #require(row.change) - 0.10) < 0.01)
        #expect(try #require(row.changeLower) > 0.05)
    }

    @Test func `one of one per cent is equivalent when the trials agree, else inconclusive with what could be seen`()
        throws
    {
        #expect(try self.finding(change: 0.01, spread: 0.01).finding == .equivalent)
        let row = try self.finding(change: 0.01, spread: 0.06)
        #expect(row.finding == .inconclusive)
        #expect(try #require(row.detectable) > 0.05)
    }

    @Test func `what is better is improved, whichever way`() throws {
        #expect(try self.finding(change: -0.10, spread: 0.01).finding == .improved)
        #expect(try self.finding("negotiation.completion", change: -0.10, spread: 0.01).finding == .regressed)
        #expect(try self.finding("messages.sent", change: 0.3, spread: 0.01).finding == .described)
    }

    @Test func `too few trials are inconclusive, however far apart`() throws {
        #expect(try self.finding(change: 0.5, spread: 0.01, count: 3).finding == .inconclusive)
        let one = try self.finding(change: 0.5, spread: 0.01, count: 1)
        #expect(one.finding == .inconclusive && one.changeLower == nil && one.detectable == nil)
    }

    @Test func `many judged metrics ask for more trials than one`() throws {
        let names = (0..<8).map { "fanout.latency.p\($0)" } + ["fanout.latency.p50"]
        func group(_ name: String, _ level: Double) throws -> TrialGroup {
            TrialGroup(
                name: name,
                trials: try (0..<5).map { trial in
                    try Self.document(
                        Dictionary(uniqueKeysWithValues: names.map { ($0, level + Double(trial) / 10) }))
                })
        }
        let groups = [try group("base", 10), try group("new", 12)]
        func row(_ judged: [String]) throws -> ResultComparison.Row {
            let rows = try ResultComparison(groups: groups, judged: judged).candidates[0].rows
            return try #require(rows.first { $0.metric == "fanout.latency.p50" })
        }
        #expect(try row(["fanout.latency.p50"]).finding == .regressed)
        #expect(try row(names).finding == .inconclusive)
    }

    @Test func `what never differs is equivalent and takes nothing from the others`() throws {
        let comparison = try ResultComparison(groups: [
            try Self.group("base", "backend.cpu", 1, spread: 0.01, count: 5),
            try Self.group("new", "backend.cpu", 1.2, spread: 0.01, count: 5),
        ])
        let rows = comparison.candidates[0].rows
        #expect(rows.first { $0.metric == "deliveries.lost" }?.finding == .equivalent)
        #expect(rows.first { $0.metric == "backend.cpu" }?.pAdjusted == rows.first { $0.metric == "backend.cpu" }?.p)
        #expect(comparison.status == .fail)
        #expect(comparison.text(isFull: false).contains("backend.cpu: "))
        #expect(comparison.markdown.contains("| `backend.cpu` |"))
        #expect(try comparison.page.contains("<code>backend.cpu</code>"))
    }

    @Test func `what is judged stands first, and what did not move only when asked for`() throws {
        func group(_ name: String, _ factor: Double) throws -> TrialGroup {
            TrialGroup(
                name: name,
                trials: try (0..<5).map { trial in
                    let wobble = 1 + Double(trial) / 100
                    return try Self.document([
                        "backend.cpu": wobble, "fanout.latency.mean": 10 * factor * wobble, "fanout.last.mean": wobble,
                    ])
                })
        }
        let comparison = try ResultComparison(
            groups: [try group("base", 1), try group("new", 1.2)], judged: ["backend.cpu"])
        let text = comparison.text(isFull: false)
        let (judged, moved) = (text.firstRange(of: "backend.cpu: "), text.firstRange(of: "fanout.latency.mean: "))
        #expect(try #require(judged).lowerBound < (try #require(moved)).lowerBound)
        #expect(!text.contains("fanout.last.mean: ") && text.contains("--full lists 1 more"))
        #expect(comparison.text(isFull: true).contains("fanout.last.mean: "))
        #expect(comparison.markdown.contains("</details>") && !comparison.markdown.contains("fanout.last.mean"))
        let page = try comparison.page
        #expect(page.contains("Not judged, each for itself: 2") && page.contains("data-label=\"Candidate\""))
    }

    @Test func `seeds may differ and settings may not`() throws {
        let base = TrialGroup(name: "a", trials: [try Self.document([:], seed: 1), try Self.document([:], seed: 2)])
        _ = try ResultComparison(groups: [base, TrialGroup(name: "b", trials: [try Self.document([:], seed: 3)])])
        let other = TrialGroup(name: "c", trials: [try Self.document([:], seed: 3, agents: 100)])
        #expect(throws: HarnessError.self) { try ResultComparison(groups: [base, other]) }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `two groups of one thing raise no more false alarms than they may`(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        var alarms = 0
        for _ in 0..<100 {
            let groups = (0..<2).map { _ in (0..<6).map { _ in 10 + uniform() } }
            if MannWhitney.p(groups[0], groups[1]) <= 0.05 { alarms += 1 }
        }
        // At most 4.1 % of 100; 18 is beyond one chance in ten million.
        #expect(alarms < 18, "seed \(seed): \(alarms)")
    }
}
