internal import Measure

/// One distribution of the latency table.
struct HistogramView: Sendable {
    let name: String
    let count: String
    let p50: String
    let p90: String
    let p99: String
    let p999: String
    /// The 95 % confidence interval of p99.
    let interval: String?
    let max: String
    let censored: String

    init(_ name: String, of document: ReportDocument) {
        let report = document.result.histograms[name]
        func cell(_ quantile: String) -> String {
            if document.result.metrics["\(name).\(quantile)"] != nil {
                return document.shortText("\(name).\(quantile)")
            }
            let value = quantile == "max" ? report?.max : report?.quantiles[quantile]
            if let value { return Quantity(value, .milliseconds).text }
            let least = MetricQuantile(rawValue: quantile)?.leastSamples ?? 1
            return (report.map { Int($0.count) } ?? 0) < least ? "needs \(NumberText.significant(Double(least)))" : "–"
        }
        self.name = name
        self.count = NumberText.significant(report.map { Double($0.count) } ?? 0)
        self.interval = report?.intervals["p99"].map { interval in
            "\(Quantity(interval.lower, .milliseconds).text) to \(Quantity(interval.upper, .milliseconds).text)"
        }
        (self.p50, self.p90, self.p99, self.p999) = (cell("p50"), cell("p90"), cell("p99"), cell("p999"))
        self.max = cell("max")
        self.censored = NumberText.significant(report.map { Double($0.censored) } ?? 0)
    }

    /// The distributions that hold samples, chatter first.
    ///
    /// - Parameter document: The run.
    /// - Returns: One row each.
    static func all(_ document: ReportDocument) -> [HistogramView] {
        document.result.histograms.filter { $0.value.count > 0 }.keys
            .sorted { ($0.hasPrefix("fanout") ? 0 : 1, $0) < ($1.hasPrefix("fanout") ? 0 : 1, $1) }
            .map { HistogramView($0, of: document) }
    }

    /// The percentile curves of chatter, corrected and uncorrected; without chatter, of the time to negotiated.
    ///
    /// - Parameters:
    ///   - document: The run.
    ///   - limit: The most points to draw of each curve.
    /// - Returns: The chart, nil when there are no samples.
    static func curve(_ document: ReportDocument, limit: Int) -> Markup? {
        let candidates: [(path: String, name: String, style: ChartSeries.Style)] = [
            ("fanout.latency", "from intended send (corrected)", .first),
            ("fanout.uncorrected", "from actual send (uncorrected)", .second),
            ("fanout.last", "last receiver of each broadcast", .third),
            ("negotiation.time", "time to negotiated", .fourth),
        ]
        let lines = candidates.compactMap { path, name, style -> PercentileCurve.Line? in
            guard let report = document.result.histograms[path], report.count >= 5 else { return nil }
            let points = report.percentiles.map { ChartPoint(x: $0.quantile, y: $0.milliseconds) }
            return PercentileCurve.Line(name: name, style: style, points: points, count: Int(report.count))
        }
        guard !lines.isEmpty else { return nil }
        return PercentileCurve(id: "chart-percentiles", title: "By percentile", lines: lines, limit: limit).render()
    }
}
