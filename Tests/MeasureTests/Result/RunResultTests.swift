import Foundation
import Measure
import Testing

struct RunResultTests {
    private static var result: RunResult {
        var histogram = LatencyHistogram()
        for value in 1...400 { histogram.record(nanoseconds: Int64(value) * 1_000_000) }
        histogram.censor(8)
        let gate = Gate(metric: "deliveries.lost", op: .equal, limit: 0, text: "deliveries.lost == 0")
        var series = SeriesBuilder()
        series.phase("steady", start: 0, end: 1)
        series.add(
            SeriesRow(
                t: 1, seconds: 1, agentsConnected: 2, connects: 2, offered: 1, sent: 1, deliveries: 1, useful: 1,
                negotiated: 1, connectable: 1))
        return RunResult(
            tool: "signalbench 0.1.0", verdict: .fail,
            gates: [GateResult(gate: gate, verdict: .fail, value: 8, margin: -8)],
            validity: ValidityJudge(
                ValidityInputs(
                    sendLateness: ValidityInputs.Tail(samples: 0), fanoutP99: nil,
                    loopLag: ValidityInputs.Tail(p99: 1, max: 1, samples: 300), busiestLoop: 0.1, agentsRequested: 2,
                    agentsConnected: 2, messagesSent: 1, deliveriesExpected: 1)
            ).judge(),
            metrics: ["deliveries.lost": 8], histograms: ["fanout.latency": HistogramReport(histogram)],
            series: series.build(),
            negotiations: NegotiationReport(
                funnel: [.init(name: "call", count: 1, lost: 0)], failures: ["glare": 1],
                worst: [
                    .init(
                        room: "0", a: "a", b: "b", reason: "glare", milliseconds: nil,
                        events: [.init(t: 0.5, from: "a", to: "b", kind: "offer", note: "sent")])
                ]),
            prediction: Prediction(
                messages: 94, deliveries: 376, useful: 102, amplification: 376.0 / 102, exact: true, law: "clean mesh"),
            backend: BackendReport(
                id: "relay", url: "ws://127.0.0.1:1/", command: nil, declared: ["selfEcho": "false"]),
            plan: PlanReport(digest: "d", seed: .max, comparableDigest: "c"),
            environment: EnvironmentReport(
                command: "signalbench run", os: "Linux", kernel: "6", cores: 2, memory: 1 << 33, swift: "6.3"),
            startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:00:09Z", complete: true)
    }

    private static func object(_ result: RunResult) throws -> [String: Any] {
        let data = try JSONEncoder().encode(result)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func `the top-level keys are those of the interface`() throws {
        var keys = Set(try Self.object(Self.result).keys)
        #expect(keys.remove("prediction") != nil)
        #expect(
            keys == [
                "schemaVersion", "tool", "verdict", "exitCode", "gates", "validity", "metrics", "histograms", "series",
                "negotiations", "backend", "plan", "environment", "startedAt", "finishedAt", "complete",
            ])
    }

    @Test func `parts have the keys that the interface promises`() throws {
        let object = try Self.object(Self.result)
        func keys(_ name: String) throws -> Set<String> { Set(try #require(object[name] as? [String: Any]).keys) }
        #expect(try keys("negotiations") == ["funnel", "failures", "worst"])
        #expect(try keys("plan").isSuperset(of: ["digest", "seed"]))
        #expect(try keys("backend").isSuperset(of: ["id", "url", "declared"]))
        #expect(try keys("validity").isSuperset(of: ["fit", "reasons"]))
        #expect(object["exitCode"] as? Int == 1)
        #expect(object["verdict"] as? String == "fail")
    }

    @Test func `a result survives its JSON`() throws {
        let back = try JSONDecoder().decode(RunResult.self, from: JSONEncoder().encode(Self.result))
        #expect(back == Self.result)
        #expect(back.plan.seed == .max)
        #expect(back.schemaVersion == RunResult.currentSchemaVersion)
    }

    @Test func `a number that is not finite is refused instead of being written`() throws {
        var result = Self.result
        result.metrics["fanout.latency.p99"] = .infinity
        #expect(throws: EncodingError.self) { try JSONEncoder().encode(result) }
    }
}
