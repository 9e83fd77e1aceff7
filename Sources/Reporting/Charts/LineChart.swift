/// Lines over time (or any other linear axis), with the smallest, mean, largest and last value of each.
package struct LineChart: Sendable {
    /// The axes and texts around the lines.
    package var frame: ChartFrame
    /// The lines, already short enough to be drawn.
    package var series: [ChartSeries]
    /// The unit of the values, for the figures.
    package var unit: Quantity.Unit

    /// A chart over the run's time axis; the vertical axis begins at 0.
    ///
    /// - Parameters:
    ///   - id: The chart's anchor.
    ///   - title: The heading.
    ///   - axis: What the vertical axis counts, with its unit.
    ///   - unit: The unit of the values in the figures.
    ///   - series: The lines, as long as they were measured.
    ///   - end: The end of the time axis in seconds.
    ///   - limit: The most points to draw of each line.
    ///   - scale: What the values are divided by for the axis, such as 1,048,576 for MiB.
    package init(
        id: String,
        title: String,
        axis: String,
        unit: Quantity.Unit,
        series: [ChartSeries],
        end: Double,
        limit: Int,
        scale: Double = 1
    ) {
        let largest = (series.flatMap(\.values).max() ?? 0) / scale
        self.unit = unit
        self.series = series.map { line in
            let points = line.points.map { ChartPoint(x: $0.x, y: $0.y.map { $0 / scale }) }
            return ChartSeries(name: line.name, style: line.style, points: Downsampler.minMax(points, limit: limit))
        }
        self.frame = ChartFrame(
            id: id,
            title: title,
            unit: axis,
            symbol: Self.symbol(unit, scale: scale),
            horizontal: .time(to: end),
            vertical: .linear(to: largest * 1.04),
            isTime: true
        )
        self.rows = series.map { line in
            let values = line.values
            let cells: [Double?] = [
                values.min(), values.isEmpty ? nil : values.reduce(0, +) / Double(values.count), values.max(),
                values.last,
            ]
            let texts =
                cells.map { $0.map { Quantity($0, unit).text } ?? "not measured" }
                + [line.style == .reference ? "plan" : NumberText.fixed(Double(values.count), decimals: 0)]
            return (name: line.name, style: line.style.rawValue, cells: texts)
        }
    }

    /// What stands after a number of the vertical axis.
    private static func symbol(_ unit: Quantity.Unit, scale: Double) -> String {
        switch unit {
        case .count, .factor: ""
        case .milliseconds: " ms"
        case .seconds: " s"
        case .ratio: " of 1"
        case .bytes: scale == 1_048_576 ? " MiB" : " B"
        case .cores: " cores"
        case .perSecond: "/s"
        }
    }

    private let rows: [(name: String, style: String, cells: [String])]

    /// Draws the chart.
    ///
    /// - Returns: A `figure` element.
    package func render() -> Markup {
        self.frame.render(series: self.series, heads: ["min", "mean", "max", "last", "intervals"], rows: self.rows) {
            area in
            for line in self.series {
                area.empty("path", ["class": "line \(line.style.rawValue)", "d": self.frame.path(line.points)])
            }
        }
    }
}

/// Percentiles over time as bands: the median as a line, around it the slower half in ever lighter shades.
package struct BandChart: Sendable {
    /// One percentile over time.
    package struct Edge: Sendable {
        /// The name, such as `p99`.
        package var name: String
        /// The values in milliseconds.
        package var points: [ChartPoint]
        /// How its line is drawn.
        package var style: ChartSeries.Style

        /// One percentile over time.
        package init(name: String, points: [ChartPoint], style: ChartSeries.Style) {
            self.name = name
            self.points = points
            self.style = style
        }
    }

    /// The axes and texts around the bands.
    package var frame: ChartFrame
    private let edges: [Edge]
    private let bands: [(lower: [ChartPoint], upper: [ChartPoint])]
    private let rows: [(name: String, style: String, cells: [String])]

    /// A chart of bands over the run's time axis, logarithmic when the edges lie far apart.
    ///
    /// - Parameters:
    ///   - id: The chart's anchor.
    ///   - title: The heading.
    ///   - edges: The percentiles from the lowest to the highest, at the same times, in milliseconds.
    ///   - end: The end of the time axis in seconds.
    ///   - limit: The most points to draw of each edge.
    package init(id: String, title: String, edges: [Edge], end: Double, limit: Int) {
        let values = edges.flatMap { $0.points.compactMap(\.y) }.filter { $0.isFinite && $0 > 0 }
        let (smallest, largest) = (values.min() ?? 0, values.max() ?? 0)
        let isWide = smallest > 0 && largest / smallest > 40
        self.frame = ChartFrame(
            id: id,
            title: title,
            unit: "milliseconds" + (isWide ? ", logarithmic" : ""),
            symbol: " ms",
            horizontal: .time(to: end),
            vertical: isWide ? .logarithmic(from: smallest, to: largest) : .linear(to: largest * 1.04),
            isTime: true
        )
        self.edges = edges.map {
            Edge(name: $0.name, points: Downsampler.minMax($0.points, limit: limit), style: $0.style)
        }
        self.bands = zip(edges, edges.dropFirst()).map { low, high in
            (
                Self.thin(low.points, limit: limit / 2, pick: { $0.min() }),
                Self.thin(high.points, limit: limit / 2, pick: { $0.max() })
            )
        }
        self.rows = edges.map { edge in
            let values = edge.points.compactMap(\.y)
            let cells: [Double?] = [values.min(), values.max(), values.last]
            let texts = cells.map { $0.map { Quantity($0, .milliseconds).text } ?? "not measured" }
            return (edge.name, edge.style.rawValue, texts + [NumberText.fixed(Double(values.count), decimals: 0)])
        }
    }

    /// Draws the chart.
    ///
    /// - Returns: A `figure` element.
    package func render() -> Markup {
        let series = self.edges.map { ChartSeries(name: $0.name, style: $0.style, points: $0.points) }
        return self.frame.render(series: series, heads: ["lowest", "highest", "last", "intervals"], rows: self.rows) {
            area in
            for (index, band) in self.bands.enumerated().reversed() {
                let path = self.frame.area(from: band.lower, to: band.upper)
                area.empty("path", ["class": "band b\(index + 1)", "d": path])
            }
            for line in series {
                area.empty("path", ["class": "line \(line.style.rawValue)", "d": self.frame.path(line.points)])
            }
        }
    }

    /// One point a bucket, so that both edges of a band keep the same times.
    private static func thin(
        _ points: [ChartPoint],
        limit: Int,
        pick: ([Double]) -> Double?
    ) -> [ChartPoint] {
        guard points.count > limit else { return points }
        return Downsampler.buckets(count: points.count, most: limit).map { bucket in
            ChartPoint(x: points[bucket.lowerBound].x, y: pick(points[bucket].compactMap(\.y)))
        }
    }
}

/// The percentile curve of a latency, every further nine as long as the one before.
///
/// Drawn are the corrected curve (from the intended send time) and beside it the uncorrected one (from the actual send
/// time); where the two part, the sender itself was late.
package struct PercentileCurve: Sendable {
    /// One curve.
    package struct Line: Sendable {
        /// The name in the legend.
        package var name: String
        /// How it is drawn.
        package var style: ChartSeries.Style
        /// Quantiles from 0 to 1 (x) and the latency there in milliseconds (y).
        package var points: [ChartPoint]
        /// How many samples the curve rests on.
        package var count: Int

        /// One curve.
        package init(name: String, style: ChartSeries.Style, points: [ChartPoint], count: Int) {
            self.name = name
            self.style = style
            self.points = points
            self.count = count
        }
    }

    /// The axes and texts around the curves.
    package var frame: ChartFrame
    private let lines: [Line]

    /// A chart of percentile curves.
    ///
    /// - Parameters:
    ///   - id: The chart's anchor.
    ///   - title: The heading.
    ///   - lines: The curves.
    ///   - limit: The most points to draw of each.
    package init(id: String, title: String, lines: [Line], limit: Int) {
        let values = lines.flatMap { $0.points.compactMap(\.y) }.filter { $0.isFinite && $0 > 0 }
        let (smallest, largest) = (values.min() ?? 0, values.max() ?? 0)
        let isWide = smallest > 0 && largest / smallest > 40
        let last = 1 - 1 / Double(max(100, lines.map(\.count).max() ?? 0))
        self.lines = lines.map { line in
            let inside = line.points.filter { $0.x <= last }
            let points = Downsampler.minMax(inside, limit: limit)
            return Line(name: line.name, style: line.style, points: points, count: line.count)
        }
        self.frame = ChartFrame(
            id: id,
            title: title,
            unit: "milliseconds" + (isWide ? ", logarithmic" : "") + ", by percentile",
            symbol: " ms",
            horizontal: .nines(to: last),
            vertical: isWide ? .logarithmic(from: smallest, to: largest) : .linear(to: largest * 1.04),
            isTime: false
        )
    }

    /// Draws the chart.
    ///
    /// - Returns: A `figure` element.
    package func render() -> Markup {
        let marks: [(String, Double, Int)] = [
            ("p50", 0.5, 5), ("p90", 0.9, 29), ("p99", 0.99, 299), ("p99.9", 0.999, 2995),
        ]
        let rows = self.lines.map { line in
            let cells = marks.map { _, quantile, least in
                guard line.count >= least else { return "needs \(NumberText.fixed(Double(least), decimals: 0))" }
                let point = line.points.first { $0.x >= quantile - 1e-9 } ?? line.points.last
                return point?.y.map { Quantity($0, .milliseconds).text } ?? "not measured"
            }
            return (
                name: line.name, style: line.style.rawValue,
                cells: cells + [NumberText.fixed(Double(line.count), decimals: 0)]
            )
        }
        return self.frame.render(
            series: self.series, heads: marks.map(\.0) + ["samples"], rows: rows, drawing: self.draw)
    }

    /// The curves as lines, for a legend.
    var series: [ChartSeries] {
        self.lines.map { ChartSeries(name: $0.name, style: $0.style, points: $0.points) }
    }

    /// Writes the curves into the square of the frame.
    func draw(_ area: inout Markup) {
        for line in self.lines {
            area.empty("path", ["class": "line \(line.style.rawValue)", "d": self.frame.path(line.points)])
        }
    }
}
