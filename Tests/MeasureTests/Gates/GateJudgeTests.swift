import Measure
import Testing

struct GateJudgeTests {
    private static func judge(
        _ text: String, _ metrics: [String: Double], samples: [String: Int] = [:]
    ) throws -> GateResult {
        try Gate.parse(text).judged(against: metrics, samples: samples)
    }

    @Test(
        arguments: [
            ("deliveries.lost < 5", 4, .pass, 1), ("deliveries.lost < 5", 5, .fail, 0),
            ("deliveries.lost < 5", 6, .fail, -1),
            ("deliveries.lost <= 5", 5, .pass, 0), ("deliveries.lost <= 5", 6, .fail, -1),
            ("deliveries.lost > 5", 6, .pass, 1), ("deliveries.lost > 5", 5, .fail, 0),
            ("deliveries.lost >= 5", 5, .pass, 0), ("deliveries.lost >= 5", 4, .fail, -1),
            ("deliveries.lost == 5", 5, .pass, 0), ("deliveries.lost == 5", 7, .fail, -2),
            ("deliveries.lost != 5", 7, .pass, 2), ("deliveries.lost != 5", 5, .fail, 0),
        ] as [(String, Double, Verdict, Double)])
    func `the numbers decide, with a margin`(text: String, value: Double, verdict: Verdict, margin: Double) throws {
        let result = try Self.judge(text, ["deliveries.lost": value])
        #expect(result.verdict == verdict)
        #expect(result.value == value)
        #expect(result.margin == margin)
        #expect(result.reason == nil)
    }

    @Test(arguments: ["<", "<=", ">", ">=", "==", "!="])
    func `an absent metric is invalid whatever the comparison`(op: String) throws {
        let result = try Self.judge("deliveries.lost \(op) 0", ["deliveries.total": 1])
        #expect(result.verdict == .invalid)
        #expect(result.value == nil && result.margin == nil)
        #expect(result.reason == "deliveries.lost has no samples")
    }

    @Test func `an absent percentile names the samples that it needs and those there were`() throws {
        let few = try Self.judge("fanout.latency.p99 < 50ms", [:], samples: ["fanout.latency": 120])
        #expect(few.verdict == .invalid)
        #expect(few.reason == "p99 needs 299 samples and fanout.latency has 120")
        let counted = try Self.judge("fanout.latency.p999 < 50ms", ["fanout.latency.samples": 800])
        #expect(counted.reason == "p999 needs 2995 samples and fanout.latency has 800")
        let none = try Self.judge("fanout.latency.p99 < 50ms", [:])
        #expect(none.reason == "fanout.latency.p99 has no samples")
    }

    @Test(arguments: ["fanout.latency.p99 < 50ms", "fanout.latency.p99 > 1ms", "fanout.latency.p99 == 5s"])
    func `a gate on a censored quantile fails even where the deadline would keep it`(text: String) throws {
        let metrics = ["fanout.latency.p99": 5000.0, "fanout.latency.p99.censored": 12]
        let result = try Self.judge(text, metrics)
        #expect(result.verdict == .fail)
        #expect(result.value == 5000)
        #expect(result.margin == nil, "how far beyond is not known")
        #expect(result.reason?.contains("12 samples that never arrived") == true)
        // The twin: without censoring the same number is judged as it stands.
        let delivered = try Self.judge("fanout.latency.p99 > 1ms", ["fanout.latency.p99": 5000.0])
        #expect(delivered.verdict == .pass)
    }

    @Test func `a count of undelivered samples is 0 where the distribution is there and absent where it is not`() throws
    {
        let gate = "fanout.latency.censored == 0"
        #expect(try Self.judge(gate, ["fanout.latency.samples": 10]).verdict == .pass)
        #expect(try Self.judge(gate, ["fanout.latency.samples": 10, "fanout.latency.censored": 1]).verdict == .fail)
        #expect(try Self.judge(gate, [:]).verdict == .invalid)
    }

    @Test(arguments: [Double.nan, .infinity])
    func `a number that is not finite is invalid`(value: Double) throws {
        #expect(try Self.judge("amplification.messages < 5", ["amplification.messages": value]).verdict == .invalid)
    }

    @Test func `a mean that does not exist because samples never arrived fails its gate`() throws {
        let gate = try Gate.parse("fanout.latency.mean < 10ms")
        let metrics = ["fanout.latency.samples": 600.0, "fanout.latency.censored": 300]
        #expect(gate.judged(against: metrics).verdict == .fail)
        #expect(gate.judged(against: ["fanout.latency.samples": 600]).verdict == .invalid)
    }
}
