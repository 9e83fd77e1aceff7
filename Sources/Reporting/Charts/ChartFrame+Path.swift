internal import Foundation

extension ChartFrame {
    /// The drawing command of a line; missing points lift the pen.
    ///
    /// A point between two missing ones is drawn as a short dash, so that it does not vanish.
    ///
    /// - Parameter points: The points in the units of the axes.
    /// - Returns: The value of a path's `d`.
    func path(_ points: [ChartPoint]) -> String {
        var commands: [String] = []
        var isDown = false
        for (index, point) in points.enumerated() {
            guard let y = point.y, y.isFinite else {
                isDown = false
                continue
            }
            let place = String(format: "%.1f %d", self.x(point.x), self.y(y))
            commands.append((isDown ? "L" : "M") + place)
            let next = index + 1 < points.count ? points[index + 1].y : nil
            if !isDown, next == nil { commands.append("h2") }
            isDown = true
        }
        return commands.isEmpty ? "M0 0" : commands.joined()
    }

    /// The drawing command of an area between two lines with the same x; missing points part it.
    ///
    /// - Parameters:
    ///   - lower: The points of the lower edge.
    ///   - upper: The points of the upper edge, as many.
    /// - Returns: The value of a path's `d`.
    func area(from lower: [ChartPoint], to upper: [ChartPoint]) -> String {
        var parts: [String] = []
        var run: [(low: String, high: String)] = []
        func finish() {
            if run.count > 1 {
                parts.append("M" + run.map(\.high).joined(separator: "L") + "L")
                parts.append(run.reversed().map(\.low).joined(separator: "L") + "Z")
            }
            run.removeAll()
        }
        for (low, high) in zip(lower, upper) {
            guard let bottom = low.y, let top = high.y, bottom.isFinite, top.isFinite else {
                finish()
                continue
            }
            let x = String(format: "%.1f", self.x(low.x))
            run.append(("\(x) \(self.y(bottom))", "\(x) \(self.y(top))"))
        }
        finish()
        return parts.isEmpty ? "M0 0" : parts.joined()
    }
}
