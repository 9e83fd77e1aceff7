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
        let series = self.lines.map { ChartSeries(name: $0.name, style: $0.style, points: $0.points) }
        return self.frame.render(series: series, heads: marks.map(\.0) + ["samples"], rows: rows) { area in
            for line in series {
                area.empty("path", ["class": "line \(line.style.rawValue)", "d": self.frame.path(line.points)])
            }
        }
    }
}
