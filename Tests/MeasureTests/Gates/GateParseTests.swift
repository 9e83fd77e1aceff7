import Measure
import Testing

struct GateParseTests {
    @Test(
        arguments: [
            ("fanout.latency.p99 < 50ms", "fanout.latency.p99", .less, 50),
            ("fanout.latency.p99<1s", "fanout.latency.p99", .less, 1000),
            ("  fanout.latency.p999   <=   250 us ", "fanout.latency.p999", .lessOrEqual, 0.25),
            ("fanout.latency.max < 250µs", "fanout.latency.max", .less, 0.25),
            ("delivery.offer.p50 < 1500ns", "delivery.offer.p50", .less, 0.0015),
            ("negotiation.time.max < 1min", "negotiation.time.max", .less, 60_000),
            ("fanout.latency.p99 < 50", "fanout.latency.p99", .less, 50),
            ("negotiation.completion >= 99.9%", "negotiation.completion", .greaterOrEqual, 0.999),
            ("negotiation.completion >= 99.9%", "negotiation.completion", .greaterOrEqual, 999.0 / 1000),
            ("negotiation.completion >= 9.99e1 %", "negotiation.completion", .greaterOrEqual, 0.999),
            ("negotiation.completion >= 0.999", "negotiation.completion", .greaterOrEqual, 0.999),
            ("negotiation.completion == 100%", "negotiation.completion", .equal, 1),
            ("deliveries.lost == 0", "deliveries.lost", .equal, 0),
            ("agents.connected != 0", "agents.connected", .notEqual, 0),
            ("amplification.messages <= 6.5", "amplification.messages", .lessOrEqual, 6.5),
            ("amplification.messages <= 6.5x", "amplification.messages", .lessOrEqual, 6.5),
            ("generator.rss < 2MiB", "generator.rss", .less, 2_097_152),
            ("backend.rss < 1.5 GiB", "backend.rss", .less, 1_610_612_736),
            ("bytes.sent < 4KiB", "bytes.sent", .less, 4096),
            ("generator.cpu < 80%", "generator.cpu", .less, 0.8),
            ("generator.deliveriesPerCpuSecond > 5e4/s", "generator.deliveriesPerCpuSecond", .greater, 50_000),
            ("bytes.sent < 1e3B", "bytes.sent", .less, 1000),
            ("negotiation.time.p99 < 1.1s", "negotiation.time.p99", .less, 1100),
            ("deliveries.total >= 1e6", "deliveries.total", .greaterOrEqual, 1_000_000),
            ("negotiation.failed.glare == 0", "negotiation.failed.glare", .equal, 0),
            ("fanout.latency.p99.censored == 0", "fanout.latency.p99.censored", .equal, 0),
        ] as [(String, String, Gate.Comparison, Double)])
    func `a gate is read with its limit in the metric's unit`(
        text: String, metric: String, op: Gate.Comparison, limit: Double
    ) throws {
        let gate = try Gate.parse(text)
        #expect(gate.metric == metric)
        #expect(gate.op == op)
        #expect(gate.limit == limit)
        #expect(!gate.text.hasPrefix(" ") && text.contains(gate.text))
    }

    @Test(
        arguments: [
            ("", .incomplete, nil), ("< 5", .incomplete, nil), ("fanout.latency.p99", .incomplete, nil),
            ("fanout.latency.p99 <", .incomplete, nil), ("fanout.latency.p99 50ms", .incomplete, nil),
            ("deliveries.lost = 0", .unknownComparison, "=="), ("deliveries.lost => 0", .unknownComparison, ">="),
            ("deliveries.lost <> 0", .unknownComparison, "!="), ("deliveries.lost ≤ 3", .unknownComparison, "<="),
            ("deliveries.lost == none", .badNumber, nil), ("fanout.latency.p99 < ms", .badNumber, nil),
            ("fanout.latency.p99 < 1.2.3ms", .badNumber, nil), ("deliveries.lost == nan", .badNumber, nil),
            ("fanout.latency.p99 < 1e999", .badNumber, nil),
            ("fanout.latency.p99 < 1e99999999999999999999", .unknownUnit, nil),
            ("fanout.latency.p99 < 50 MS", .unknownUnit, "ms"), ("generator.rss < 2mib", .unknownUnit, "MiB"),
            ("fanout.latency.p99 < 5 parsecs", .unknownUnit, nil),
            ("fanout.latency.p99 < 2MiB", .wrongUnit, nil), ("generator.rss < 2s", .wrongUnit, nil),
            ("deliveries.lost <= 1%", .wrongUnit, nil), ("negotiation.completion >= 5ms", .wrongUnit, nil),
            ("negotiation.completion >= 99.9", .beyondRatio, "99.9%"),
            ("fanout.latency < 50ms", .unknownMetric, "fanout.latency.p99"),
            ("fanout.latency.p99.9 < 50ms", .unknownMetric, "fanout.latency.p999"),
            ("fanout.latencies.p99 < 50ms", .unknownMetric, "fanout.latency.p99"),
            ("Deliveries.Lost == 0", .unknownMetric, "deliveries.lost"),
            ("negotiation.failed.glair == 0", .unknownMetric, "negotiation.failed.glare"),
            ("weather == 0", .unknownMetric, nil), ("deliveries.lost.censored == 0", .unknownMetric, nil),
        ] as [(String, GateError.Code, String?)])
    func `a mistake is named and what was meant is guessed`(text: String, code: GateError.Code, suggestion: String?) {
        do throws(GateError) {
            let gate = try Gate.parse(text)
            Issue.record("'\(text)' was read as \(gate)")
        } catch {
            #expect(error.code == code)
            if code != .unknownMetric || suggestion != nil { #expect(error.suggestion == suggestion) }
            #expect(error.description.contains("gate '\(text)'"))
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `every mistake of several gates is reported at once`() {
        let (gates, errors) = Gate.parseAll([
            "deliveries.lost == 0", "weather == 0", "fanout.latency.p99 < 2MiB", "agents.refused == 0",
        ])
        #expect(gates.map(\.metric) == ["deliveries.lost", "agents.refused"])
        #expect(errors.map(\.code) == [.unknownMetric, .wrongUnit])
    }

    @Test func `a unit that does not fit is told with the units that do`() {
        do throws(GateError) {
            _ = try Gate.parse("fanout.latency.p99 < 5 parsecs")
            Issue.record("it was read")
        } catch {
            #expect(error.message.contains("ns, us, ms, s, min"))
        }
    }
}
