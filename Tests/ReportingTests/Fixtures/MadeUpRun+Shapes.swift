import Foundation
import Measure

extension MadeUpRun {
    var histograms: [String: HistogramReport] {
        var all = [
            "negotiation.time": self.histogram(count: 1400, median: 412, spread: 0.3),
            "generator.loopLag": self.histogram(count: 3400, median: 0.6, spread: 0.6),
            "session.connect": self.histogram(count: 400, median: 0.9, spread: 0.5),
            "delivery.offer": self.histogram(count: 9_800, median: 2.1, spread: 0.7),
        ]
        guard self.hasChatter else { return all }
        all["fanout.latency"] = self.histogram(count: 63_200, median: 1.84, spread: 0.8)
        all["fanout.uncorrected"] = self.histogram(count: 63_200, median: 1.7, spread: 0.72)
        all["fanout.last"] = self.histogram(count: 9_028, median: 2.9, spread: 0.75)
        return all
    }

    private func histogram(count: Int, median: Double, spread: Double) -> HistogramReport {
        let points = (0...260).map { index -> HistogramReport.Percentile in
            let nines = Double(index) / 260 * log10(Double(count))
            let value = median * exp(spread * (nines * 1.05 - 0.45))
            return HistogramReport.Percentile(quantile: 1 - pow(10, -nines), milliseconds: value)
        }
        return HistogramReport(
            count: count, min: points.first?.milliseconds, mean: median * 1.2, max: points.last?.milliseconds,
            quantiles: ["p50": median], percentiles: points, encoded: "HISTFAAAAB542pNpmSzMwMDAxAABzFCaEUQCAAY3AEg="
        )
    }

    var series: SeriesReport {
        let t = (1...self.seconds).map(Double.init)
        let end = Double(self.seconds)
        let steady = (start: end * 0.34, end: end * 0.9)
        func column(_ value: (Double) -> Double?) -> [Double?] { t.map(value) }
        func wave(_ time: Double) -> Double { 1 + 0.08 * sin(time * 1.7) + 0.05 * sin(time * 4.1) }
        let spike = (end * 0.6).rounded()
        func latency(_ base: Double) -> [Double?] {
            column { $0 <= steady.start || $0 > steady.end ? nil : base * wave($0) * ($0 == spike ? 12 : 1) }
        }
        let ramp = { (time: Double) in min(1, time / (end * 0.25)) }
        var columns: [String: [Double?]] = [
            "seconds": column { _ in 1 },
            "agents.connected": column { (400 * ramp($0)).rounded() },
            "connects": column { $0 <= end * 0.25 ? (400 / (end * 0.25) * wave($0)).rounded() : 0 },
            "offered": column { (900 * ramp($0) * ($0 > steady.end ? 0.1 : 1)).rounded() },
            "sent": column { (897 * ramp($0) * wave($0) * ($0 > steady.end ? 0.1 : 1)).rounded() },
            "deliveries": column { (4_820 * ramp($0) * wave($0) * ($0 > steady.end ? 0.1 : 1)).rounded() },
            "useful": column { (2_510 * ramp($0) * wave($0) * ($0 > steady.end ? 0.1 : 1)).rounded() },
            "negotiated": column { $0 <= end * 0.3 ? (1400 / (end * 0.3) * wave($0)).rounded() : 0 },
            "generator.cpu": column { 0.1 + 0.31 * ramp($0) * wave($0) },
            "generator.rss": column { 20_000_000 + 19_000_000 * ramp($0) },
            "backend.cpu": column { 0.05 + 0.31 * ramp($0) * wave($0) },
            "backend.rss": column { 12_000_000 + 9_000_000 * ramp($0) },
            "loopLag.max": column { 2 * wave($0) + ($0 == spike ? 9 : 0) },
        ]
        if self.hasChatter {
            for (name, base) in [("p50", 1.8), ("p90", 4.2), ("p99", 11.0), ("max", 24.0)] {
                columns["fanout.\(name)"] = latency(base)
            }
        }
        return SeriesReport(
            interval: 1, t: t, columns: columns,
            phases: [
                SeriesReport.PhaseMark(name: "ramp", start: 0, end: end * 0.25),
                SeriesReport.PhaseMark(name: "warmup", start: end * 0.25, end: steady.start),
                SeriesReport.PhaseMark(name: "steady", start: steady.start, end: steady.end),
                SeriesReport.PhaseMark(name: "drain", start: steady.end, end: end),
            ])
    }

    var negotiations: NegotiationReport {
        let failed = self.failures.values.reduce(0, +)
        let names = ["call", "response", "offer", "answer", "candidates"]
        let steps = names.map { name in
            NegotiationReport.FunnelStep(
                name: name, count: ["answer", "candidates"].contains(name) ? 1400 - failed : 1400,
                lost: name == "answer" ? failed : 0, reasons: name == "answer" ? self.failures : [:])
        }
        let expected = NegotiationReport.FunnelStep(name: "expected", count: 1400, lost: 0)
        return NegotiationReport(
            funnel: [expected] + steps, failures: self.failures,
            worst: failed > 0 ? [self.glare, self.slow] : [self.slow]
        )
    }

    private var glare: NegotiationReport.WorstPair {
        let script: [(Double, Bool, String, String)] = [
            (4.012, true, "call", "sent"), (4.013, false, "call", "sent"), (4.034, false, "call", "received"),
            (4.034, true, "call", "received"), (4.041, false, "response", "sent"), (4.043, true, "response", "sent"),
            (4.063, true, "response", "received"), (4.065, false, "response", "received"),
            (4.090, true, "offer", "sent"), (4.094, false, "offer", "sent"), (4.112, false, "offer", "invalidState"),
            (4.115, true, "offer", "invalidState"), (14.012, true, "offer", "timedOut"),
        ]
        return self.pair(reason: "glare", milliseconds: nil, script)
    }

    private var slow: NegotiationReport.WorstPair {
        let script: [(Double, Bool, String, String)] = [
            (2.100, true, "call", "sent"), (2.104, false, "call", "received"), (2.312, false, "response", "sent"),
            (2.330, true, "response", "received"), (2.641, true, "offer", "sent"), (2.650, false, "offer", "received"),
            (2.951, false, "answer", "sent"), (2.958, true, "answer", "applied"), (3.000, true, "candidate", "sent"),
            (3.008, false, "candidate", "applied"), (3.304, false, "candidate", "connectable"),
        ]
        return self.pair(reason: "slow", milliseconds: 1204.7, script)
    }

    private func pair(
        reason: String, milliseconds: Double?, _ script: [(Double, Bool, String, String)]
    ) -> NegotiationReport.WorstPair {
        NegotiationReport.WorstPair(
            room: self.room, a: "agent 96", b: "agent 97", reason: reason, milliseconds: milliseconds,
            events: script.map { time, isA, kind, note in
                NegotiationReport.Event(
                    t: time, from: isA ? "agent 96" : "agent 97", to: isA ? "agent 97" : "agent 96", kind: kind,
                    note: note
                )
            })
    }
}
