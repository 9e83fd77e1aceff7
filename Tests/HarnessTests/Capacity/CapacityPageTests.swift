import Foundation
import Harness
import Measure
import Testing

struct CapacityPageTests {
    /// A search over rooms whose backend is full at 60.
    private static func report() -> CapacityReport {
        var settings = CapacitySearch.Settings(start: 10, least: 1, most: 1_000, isWhole: true)
        settings.confirmations = 1
        settings.needed = 1
        var report = CapacityReport(
            tool: "signalbench test", command: ["capacity"], profile: "mesh <8>", backend: "relay", axis: .rooms,
            slo: ["fanout.latency.p99 < 50ms"], settings: settings, shortSeconds: 1, fullSeconds: 4,
            comparableDigest: "d", startedAt: "2026-01-01T00:00:00.000Z")
        report.cores = 8
        for (index, load) in [10.0, 20, 40, 80, 60, 70, 60, 63].enumerated() {
            let isFull = load > 60
            var entry = CapacityReport.Entry(
                trial: CapacityTrial(
                    load: load, length: index < 6 ? .short : .full, outcome: isFull ? .fail : .pass,
                    missed: isFull ? ["fanout.latency.p99 < 50ms"] : []),
                folder: "trial-00\(index + 1)", seconds: 5, agents: Int(load) * 8)
            entry.deliveriesPerSecond = min(load, 60) * 100
            entry.fanoutP99 = isFull ? 80 : load / 10
            entry.completion = 1
            entry.backendCPU = min(load, 60) / 61
            entry.generatorCPU = 0.5
            report.trials.append(entry)
        }
        return report
    }

    private static func answer() -> CapacityAnswer {
        CapacityAnswer(kind: .bracket, lower: 60, upper: 63, missed: ["fanout.latency.p99 < 50ms"])
    }

    @Test func `a page shows the answer, every trial, the law with its residuals, and what it was made from`() throws {
        var report = Self.report()
        report.answer = Self.answer()
        report.line = "capacity = 60 rooms"
        let points = report.trials.compactMap { entry in
            entry.deliveriesPerSecond.map { ScalabilityLaw.Point(load: entry.trial.load, throughput: $0) }
        }
        report.law = ScalabilityLaw(points)
        report.knee = Knee(points)
        report.exhaustion = report.exhaustion(Self.answer())
        let page = try CapacityPage.render(report, hasPages: true)
        #expect(page.contains("capacity = 60 rooms"))
        #expect(page.contains("mesh &lt;8&gt;"))
        #expect(!page.contains("mesh <8>"))
        for entry in report.trials { #expect(page.contains("href=\"\(entry.folder)/report.html\""), "\(entry.folder)") }
        for id in ["search", "deliveries", "fanout", "backend", "generator"] {
            #expect(page.contains("id=\"chart-\(id)\""), "\(id)")
        }
        #expect(!page.contains("chart-publish"))
        #expect(report.law != nil)
        #expect(page.contains("scalability law"))
        // Eight residuals and the two ends of the bracket.
        #expect(page.components(separatedBy: "class=\"line ref\"").count - 1 == 10)
        #expect(page.contains("backendCPU: the backend was at 0.98 cores"))
        #expect(report.knee?.load == 60)
        let raw = try #require(
            page.components(separatedBy: "id=\"raw-json\">").last?.components(separatedBy: "</script>").first)
        let back = try JSONDecoder().decode(CapacityReport.self, from: Data(raw.utf8))
        #expect(back == report)
    }

    @Test func `a search that goes on has a page too`() throws {
        var report = Self.report()
        report.trials = Array(report.trials.prefix(1))
        let page = try CapacityPage.render(report, hasPages: false)
        #expect(page.contains("The search goes on: bracket 10 rooms … ?"))
        #expect(!page.contains("report.html"))
    }

    @Test func `what ran out first follows from the figures`() {
        func kind(_ change: (inout CapacityReport.Entry) -> Void) -> CapacityReport.Exhaustion.Kind? {
            var report = Self.report()
            for index in report.trials.indices where report.trials[index].trial.outcome == .fail {
                change(&report.trials[index])
            }
            return report.exhaustion(Self.answer())?.kind
        }
        #expect(kind { $0.cause = "3 × join 429: slow down" } == .serversLimit)
        #expect(kind { _ in } == .backendCPU)
        #expect(kind { $0.generatorCPU = 6.9 } == .machine)
        #expect(kind { $0.backendCPU = 0.3 } == .queue)
        #expect(
            kind {
                $0.backendCPU = 0.3
                $0.fanoutP99 = 6
            } == .unknown)
        let atLeast = CapacityAnswer(kind: .atLeast, lower: 60, limit: "loop lag 12 ms")
        #expect(Self.report().exhaustion(atLeast) == .init(.generator, "loop lag 12 ms"))
    }
}
