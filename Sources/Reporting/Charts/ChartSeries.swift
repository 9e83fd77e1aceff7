/// One line of a chart.
package struct ChartSeries: Sendable {
    /// How the line is drawn; the page's style sheet gives each its colours for light and dark.
    package enum Style: String, Sendable {
        case first = "s1"
        case second = "s2"
        case third = "s3"
        case fourth = "s4"
        /// A dashed line for what was planned or predicted.
        case reference = "ref"
    }

    /// The name in the legend.
    package var name: String
    /// How it is drawn.
    package var style: Style
    /// The points in rising order of x.
    package var points: [ChartPoint]

    /// A line.
    package init(name: String, style: Style, points: [ChartPoint]) {
        self.name = name
        self.style = style
        self.points = points
    }

    /// The measured values.
    package var values: [Double] {
        self.points.compactMap(\.y).filter(\.isFinite)
    }
}
