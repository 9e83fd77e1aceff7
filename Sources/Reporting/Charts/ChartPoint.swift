/// One point of a line; a missing value breaks the line.
package struct ChartPoint: Equatable, Sendable {
    /// The position on the horizontal axis.
    package var x: Double
    /// The value, nil where nothing was measured.
    package var y: Double?

    /// A point.
    package init(x: Double, y: Double?) {
        self.x = x
        self.y = y
    }
}
