internal import Measure

/// The charts of a run on one time axis.
struct ChartSet: Sendable {
    /// The charts that could be drawn, in their order.
    let charts: [Markup]
    /// The charts that could not, and why.
    let unmeasured: [FactView]
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
        var charts: [Markup] = []
        var unmeasured: [FactView] = []
        guard !series.t.isEmpty else {
            (self.charts, self.unmeasured) = ([], [])
            return
        }
        func add(_ title: String, _ reason: String, _ chart: Markup?) {
            if let chart { charts.append(chart) } else { unmeasured.append(FactView(title, reason)) }
        }
        add("Agents", "no samples", self.agents(document))
        add("Connect rate", "no samples", self.lines(
            "connects", "Connect rate", "agents per second", .perSecond, [("connected", .first, "connects")], isRate: true
        ))
        add("Messages sent", "no samples", self.lines(
            "sent", "Messages sent", "messages per second", .perSecond,
            [("offered by the plan", .reference, "offered"), ("sent", .first, "sent")], isRate: true
        ))
        add("Deliveries", "no samples", self.lines(
            "deliveries", "Deliveries", "receipts per second", .perSecond,
            [("delivered", .second, "deliveries"), ("useful", .first, "useful")], isRate: true
        ))
        add("Fan-out latency over time", document.absence(of: "fanout.latency.p50"), self.fanout())
        add("Pairs negotiated", document.absence(of: "negotiation.time.p50"), self.lines(
            "negotiated", "Pairs negotiated", "pairs per second", .perSecond,
            [("negotiated", .third, "negotiated")], isRate: true
        ))
        let unknown = document.absence(of: "backend.cpu")
        add("Processor", unknown, self.lines(
            "cpu", "Processor", "cores busy", .cores,
            [("generator", .first, "generator.cpu"), ("backend", .second, "backend.cpu")]
        ))
        add("Memory", unknown, self.lines(
            "memory", "Resident memory", "MiB", .bytes,
            [("generator", .first, "generator.rss"), ("backend", .second, "backend.rss")], scale: 1_048_576
        ))
        add("Loop lag", "no samples", self.lines(
            "lag", "Generator's loop lag", "milliseconds, longest of each interval", .milliseconds,
            [("loop lag", .fourth, "loopLag.max")]
        ))
        self.charts = charts
        self.unmeasured = unmeasured
    }

    private func agents(_ document: ReportDocument) -> Markup? {
        guard let connected = self.line("agents.connected", "connected", .first) else { return nil }
        var lines = [connected]
        if let requested = document.result.metrics["agents.requested"] {
            let points = [ChartPoint(x: 0, y: requested), ChartPoint(x: self.end, y: requested)]
            lines.insert(ChartSeries(name: "asked for", style: .reference, points: points), at: 0)
        }
        return self.draw(LineChart(
            id: "chart-agents", title: "Agents connected", axis: "agents", unit: .count, series: lines, end: self.end,
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
        let divisor = isRate && self.series.interval > 0 ? self.series.interval : 1
        let lines = columns.compactMap { self.line($0.column, $0.name, $0.style, divisor: divisor) }
        guard !lines.isEmpty else { return nil }
        return self.draw(LineChart(
            id: "chart-\(id)", title: title, axis: axis, unit: unit, series: lines, end: self.end, limit: self.limit,
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
    private func line(
        _ column: String,
        _ name: String,
        _ style: ChartSeries.Style,
        divisor: Double = 1
    ) -> ChartSeries? {
        guard let values = self.series.columns[column], values.contains(where: { $0 != nil }) else { return nil }
        let points = zip(self.series.t, values).map { ChartPoint(x: $0, y: $1.map { $0 / divisor }) }
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
