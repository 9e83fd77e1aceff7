import Foundation
import Measure
import TestKit
import Testing

@testable import Harness

struct TrendTests {
    private func trend(
        _ metric: String, step: Double, after: Int = 55, nights: Int = 60, isFirst: Bool = true
    ) -> Trend {
        let metrics = isFirst ? [metric, "deliveries.lost"] : ["deliveries.lost", metric]
        return Trend(
            name: "mesh-8 on relay",
            nights: (0..<nights).map { night in
                let wobble = [0.0, 0.01, -0.012, 0.006, -0.004][night % 5]
                let level = night < after ? 10.0 : 10 * (1 + step)
                return Trend.Night(
                    time: "2026-0\(1 + night / 28)-\(10 + night % 28)T02:00:00Z", name: "run-\(night)",
                    metrics: [metric: level * (1 + wobble), "deliveries.lost": 0])
            }, metrics: metrics + ["backend.rss"], level: 0.001, least: 0)
    }

    @Test func `a step for the worse is news at its night`() throws {
        let trend = self.trend("fanout.latency.p99", step: 0.08)
        #expect(trend.metrics == ["fanout.latency.p99", "deliveries.lost"])
        let change = try #require(trend.regressions(within: 7).first)
        #expect(change.night.name == "run-55" && change.age == 4 && trend.changes.count == 1)
        let files = TrendFiles([trend], recent: 7)
        #expect(files.markdown.contains("regressed: `fanout.latency.p99` +8"))
        #expect(files.badge.contains("1 regressed") && files.text.contains("REGRESSED"))
        #expect(trend.regressions(within: 4).isEmpty)
    }

    @Test func `a step for the better is a change and no news`() {
        let trend = self.trend("fanout.latency.p99", step: -0.08)
        #expect(trend.changes.count == 1 && trend.regressions(within: 7).isEmpty)
        #expect(self.trend("negotiation.completion", step: -0.08).regressions(within: 7).count == 1)
        #expect(TrendFiles([trend], recent: 7).badge.contains("steady"))
    }

    @Test func `a history survives its table, and its page has a line for each metric`() throws {
        let trend = self.trend("fanout.latency.p99", step: 0.08, isFirst: false)
        let folder = try TemporaryFolder()
        let files = try TrendFiles([trend], recent: 7).write(to: folder.path + "/out")
        #expect(
            files.map { URL(filePath: $0).lastPathComponent } == ["trend.html", "trend.svg", "trend.md", "trend.csv"])
        let again = try NightlyResults.read(files[3], metrics: [], level: 0.001, least: 0)
        #expect(again.count == 1 && again.first?.nights == trend.nights && again.first?.changes == trend.changes)
        let page = try String(contentsOfFile: files[0], encoding: .utf8)
        #expect(page.components(separatedBy: "<polyline").count == 3 && page.contains("run-55"))
        let titles = page.components(separatedBy: "<figcaption><code>").dropFirst().map { $0.prefix { $0 != "<" } }
        #expect(titles == ["fanout.latency.p99", "deliveries.lost"])
        #expect(page.contains("60 runs from 2026-01-10 to 2026-03-13, 1 change; regressed: fanout.latency.p99."))
        #expect(!page.contains("http://") || !page.contains("src=\"http"))
    }

    @Test func `nothing measured is not good news`() throws {
        let folder = try TemporaryFolder()
        let empty = try folder.file("empty.csv", "time,run,x\n")
        let file = try folder.file("t.csv", "time,run,x,y\na,b,1,\nc,d,2,\n")
        func read(_ path: String, _ metrics: [String]) throws -> [Trend] {
            try NightlyResults.read(path, metrics: metrics, level: 0.001, least: 0)
        }
        #expect(throws: HarnessError.self) { try read(empty, []) }
        #expect(throws: HarnessError.self) { try read(file, ["x", "y"]) }
        #expect(try read(file, ["x"]).count == 1)
    }

    @Test(arguments: ["", "time,commit,x\n", "time,run,x\na,b\n", "time,run,x\na,b,c\n"])
    func `a broken table is told`(text: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("t.csv", text)
        #expect(throws: HarnessError.self) { try NightlyResults.read(file, metrics: [], level: 0.001, least: 0) }
    }
}
