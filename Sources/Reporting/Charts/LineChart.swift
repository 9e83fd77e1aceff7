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
