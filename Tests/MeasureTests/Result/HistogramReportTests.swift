import Measure
import Testing

struct HistogramReportTests {
    private static func histogram(_ count: Int, censored: UInt64 = 0) -> LatencyHistogram {
        var histogram = LatencyHistogram()
        for value in 0..<count { histogram.record(nanoseconds: Int64(value + 1) * 1_000_000) }
        histogram.censor(censored)
        return histogram
    }

    @Test func `a report holds the counts, the extremes and the admissible quantiles`() {
        let report = HistogramReport(Self.histogram(400))
        #expect(report.count == 400 && report.censored == 0 && report.outOfRange == 0)
        #expect(report.min == 1 && report.max == 400)
        #expect(Set(report.quantiles.keys) == ["p50", "p90", "p95", "p99"])
        #expect(Set(report.intervals.keys) == ["p50", "p90", "p95", "p99"])
        #expect(report.encoded.hasPrefix("HISTFAAAA"))
    }

    @Test func `a censored quantile is left out, and the curve ends where deliveries do`() throws {
        let report = HistogramReport(Self.histogram(400, censored: 100))
        #expect(Set(report.quantiles.keys) == ["p50"])
        let last = try #require(report.percentiles.last)
        #expect(last.quantile == 0.8 && last.milliseconds == 400)
    }

    @Test func `the curve rises in both directions and begins at the least sample`() throws {
        let points = HistogramReport(Self.histogram(5000)).percentiles
        #expect(zip(points, points.dropFirst()).allSatisfy { $0.quantile <= $1.quantile })
        #expect(zip(points, points.dropFirst()).allSatisfy { $0.milliseconds <= $1.milliseconds })
        let first = try #require(points.first)
        #expect(first.quantile == 0 && first.milliseconds >= 1 && first.milliseconds < 1.001)
        #expect(points.count < 120)
    }

    @Test func `a distribution without samples has no number at all`() {
        let report = HistogramReport(LatencyHistogram())
        #expect(report == HistogramReport(count: 0))
    }
}
