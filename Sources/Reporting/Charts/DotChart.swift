/// Single measurements as dots over a count or another number, with lines that were fitted to them or lead through them.
package struct DotChart: Sendable {
    /// The axes and texts around the dots.
    package var frame: ChartFrame
    private let dots: [ChartSeries]
    private let lines: [ChartSeries]
    private let residuals: [(x: Double, from: Double, to: Double)]
    private let rows: [(name: String, style: String, cells: [String])]
    private let horizontalUnit: String

    /// A chart whose axes both begin at 0.
    ///
    /// - Parameters:
    ///   - id: The chart's anchor.
    ///   - title: The heading.
    ///   - axis: What the vertical axis counts, with its unit.
    ///   - horizontal: What the horizontal axis counts.
    ///   - symbol: What stands after a number under the pointer.
    ///   - dots: The measurements, in rising order of x.
    ///   - lines: Lines through or beside them.
    ///   - residuals: From where to where a dot is off its line.
    ///   - note: A sentence under the heading.
    package init(
        id: String, title: String, axis: String, horizontal: String, symbol: String = "", dots: [ChartSeries],
        lines: [ChartSeries] = [], residuals: [(x: Double, from: Double, to: Double)] = [], note: String? = nil
    ) {
        let all = (dots + lines).flatMap(\.points)
        self.dots = dots.filter { !$0.values.isEmpty }
        self.lines = lines
        self.residuals = residuals
        self.horizontalUnit = horizontal
        self.frame = ChartFrame(
            id: id, title: title, unit: "\(axis), over \(horizontal)", symbol: symbol,
            horizontal: .linear(to: all.map(\.x).filter(\.isFinite).max() ?? 1),
            vertical: .linear(to: 1.04 * (all.compactMap(\.y).filter(\.isFinite).max() ?? 1)), isTime: false,
            note: note)
        self.rows = (self.dots + lines).map { series in
            let values = series.values
            let cells = [values.min(), values.max()].map { $0.map { NumberText.significant($0) + symbol } ?? "-" }
            return (series.name, series.style.rawValue, cells + ["\(values.count)"])
        }
    }

    /// Draws the chart.
    ///
    /// - Returns: A `figure` element.
    package func render() -> Markup {
        self.frame.render(series: self.dots + self.lines, heads: ["lowest", "highest", "points"], rows: self.rows) {
            area in
            for residual in self.residuals {
                let ends = [ChartPoint(x: residual.x, y: residual.from), ChartPoint(x: residual.x, y: residual.to)]
                area.empty("path", ["class": "line ref", "d": self.frame.path(ends)])
            }
            for line in self.lines {
                area.empty("path", ["class": "line \(line.style.rawValue)", "d": self.frame.path(line.points)])
            }
            for series in self.dots {
                // A stroke without length is a round dot, however the drawing is stretched.
                let path = series.points.compactMap { point in
                    point.y.map { "M\(Self.number(self.frame.x(point.x))) \(self.frame.y($0))h0" }
                }
                area.empty("path", ["class": "line dot \(series.style.rawValue)", "d": path.joined()])
            }
        }
    }

    private static func number(_ value: Double) -> String {
        NumberText.fixed(value, decimals: 1).replacing(",", with: "")
    }
}
