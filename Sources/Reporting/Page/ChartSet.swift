internal import Measure

/// The charts of a run on one time axis.
struct ChartSet: Sendable {
    /// The charts that could be drawn, in their order.
    private(set) var charts: [Markup] = []
    /// The charts that could not, and why.
    private(set) var unmeasured: [FactView] = []
    /// How the time axis is to be read.
    let note: String

    private let series: SeriesReport
    private let end: Double
    private let limit: Int

    /// The charts of a run.
    ///
    /// - Parameters:
    ///   - document: The run.
    ///   - limit: The most points to draw of each line.
    init(_ document: ReportDocument, limit: Int) {
        let series = document.result.series
        self.series = series
        self.limit = limit
        self.end = max(series.t.last ?? 0, series.phases.map(\.end).max() ?? 0)
        let size = Quantity(series.interval, .seconds).text
        self.note = "Every point is an interval of \(size); time counts from the start of the plan."
        guard !series.t.isEmpty else { return }
        self.add("Agents", "no samples", self.agents(document))
        self.add(
            "Connect rate", "no samples",
            self.lines(
                "connects", "Connect rate", "agents per second", .perSecond, [("connected", .first, "connects")],
                isRate: true
            ))
        self.add(
            "Messages sent", "no samples",
            self.lines(
                "sent", "Messages sent", "messages per second", .perSecond,
                [("offered by the plan", .reference, "offered"), ("sent", .first, "sent")], isRate: true
            ))
        self.add(
            "Deliveries", "no samples",
            self.lines(
                "deliveries", "Deliveries", "receipts per second", .perSecond,
                [("delivered", .second, "deliveries"), ("useful", .first, "useful")], isRate: true
            ))
        self.add("Fan-out latency over time", document.absence(of: "fanout.latency.p50"), self.fanout())
        self.add(
            "Pairs negotiated", document.absence(of: "negotiation.time.p50"),
            self.lines(
                "negotiated", "Pairs negotiated", "pairs per second", .perSecond,
                [("negotiated", .third, "negotiated")], isRate: true
            ))
        let unknown = document.absence(of: "backend.cpu")
        self.add(
            "Processor", unknown,
            self.lines(
                "cpu", "Processor", "cores busy", .cores,
                [("generator", .first, "generator.cpu"), ("backend", .second, "backend.cpu")]
            ))
        self.add(
            "Memory", unknown,
            self.lines(
                "memory", "Resident memory", "MiB", .bytes,
                [("generator", .first, "generator.rss"), ("backend", .second, "backend.rss")], scale: 1_048_576
            ))
        self.add(
            "Loop lag", "no samples",
            self.lines(
                "lag", "Generator's loop lag", "milliseconds, longest of each interval", .milliseconds,
                [("loop lag", .fourth, "loopLag.max")]
            ))
    }

    private mutating func add(_ title: String, _ reason: String, _ chart: Markup?) {
        if let chart { self.charts.append(chart) } else { self.unmeasured.append(FactView(title, reason)) }
    }

    private func agents(_ document: ReportDocument) -> Markup? {
        guard let connected = self.line("agents.connected", "connected", .first) else { return nil }
        var lines = [connected]
        if let requested = document.result.metrics["agents.requested"] {
            let points = [ChartPoint(x: 0, y: requested), ChartPoint(x: self.end, y: requested)]
            lines.insert(ChartSeries(name: "asked for", style: .reference, points: points), at: 0)
        }
        return self.draw(
            LineChart(
                id: "chart-agents", title: "Agents connected", axis: "agents", unit: .count, series: lines,
                end: self.end,
                limit: self.limit
            ))
    }

    private func lines(
        _ id: String,
        _ title: String,
        _ axis: String,
        _ unit: Quantity.Unit,
        _ columns: [(name: String, style: ChartSeries.Style, column: String)],
        isRate: Bool = false,
        scale: Double = 1
    ) -> Markup? {
        let lines = columns.compactMap { self.line($0.column, $0.name, $0.style, isRate: isRate) }
        guard !lines.isEmpty else { return nil }
        return self.draw(
            LineChart(
                id: "chart-\(id)", title: title, axis: axis, unit: unit, series: lines, end: self.end,
                limit: self.limit,
                scale: scale
            ))
    }

    private func draw(_ chart: LineChart) -> Markup {
        var chart = chart
        chart.frame.spans = self.spans
        return chart.render()
    }

    private func fanout() -> Markup? {
        let styles: [(String, ChartSeries.Style)] = [
            ("p50", .first), ("p90", .third), ("p99", .second), ("max", .fourth),
        ]
        let edges = styles.compactMap { name, style in
            self.line("fanout.\(name)", name, style).map { BandChart.Edge(name: name, points: $0.points, style: style) }
        }
        guard !edges.isEmpty else { return nil }
        var chart = BandChart(
            id: "chart-fanout", title: "Fan-out latency", edges: edges, end: self.end, limit: self.limit
        )
        chart.frame.spans = self.spans
        return chart.render()
    }

    /// One column as a line; nil when it is missing or holds no value at all.
    ///
    /// A count becomes a rate by what its row really covered, which after a stall is more than the interval.
    private func line(
        _ column: String,
        _ name: String,
        _ style: ChartSeries.Style,
        isRate: Bool = false
    ) -> ChartSeries? {
        guard let values = self.series.columns[column], values.contains(where: { $0 != nil }) else { return nil }
        let covered = self.series.columns["seconds"] ?? []
        let points = zip(self.series.t, values).enumerated().map { row, point in
            guard isRate else { return ChartPoint(x: point.0, y: point.1) }
            let seconds = (row < covered.count ? covered[row] : nil) ?? self.series.interval
            return ChartPoint(x: point.0, y: seconds > 0 ? point.1.map { $0 / seconds } : nil)
        }
        return ChartSeries(name: name, style: style, points: points)
    }

    private var spans: [ChartFrame.Span] {
        let phases = self.series.phases.map { phase in
            let style = phase.name == "steady" ? "steady" : "calm"
            return ChartFrame.Span(start: phase.start, end: phase.end, name: phase.name, style: style)
        }
        return phases
            + self.series.faults.map { ChartFrame.Span(start: $0.start, end: $0.end, name: $0.name, style: "fault") }
    }
}

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
                + (report?.clusters.map { ", by \($0)" } ?? "")
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
    static func curve(_ document: ReportDocument, limit: Int) -> PercentileCurve? {
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
        return PercentileCurve(id: "chart-percentiles", title: "By percentile", lines: lines, limit: limit)
    }
}
