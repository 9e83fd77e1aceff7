internal import Foundation

/// What all line charts share: the heading, the axes, the shaded spans, the points for the script and the figures.
///
/// The drawing has no fixed width. Labels are placed in per cent and keep their size; only the inner drawing, a square
/// of 1000 × 1000, is stretched. So the same page is readable at 400 and at 1200 pixels, and zooming in time is no more
/// than another view box.
package struct ChartFrame: Sendable {
    /// A shaded span of the horizontal axis.
    package struct Span: Sendable {
        /// Where it begins and ends, in the unit of the axis.
        package var start: Double
        package var end: Double
        /// Its name, printed at the top when there is room.
        package var name: String
        /// The style sheet's class: `calm`, `steady` or `fault`.
        package var style: String
    }

    /// The height of the drawing in pixels.
    static let height = 190.0

    /// The chart's anchor on the page.
    package var id: String
    /// The heading.
    package var title: String
    /// The unit of the vertical axis, with what it counts.
    package var unit: String
    /// What stands after a number under the pointer, such as ` ms`.
    package var symbol: String
    /// The horizontal axis.
    package var horizontal: AxisTicks
    /// The vertical axis.
    package var vertical: AxisTicks
    /// Whether the horizontal axis is the run's time axis, which all charts of the page share.
    package var isTime: Bool
    /// Phases and faults behind the lines.
    package var spans: [Span] = []
    /// A sentence under the heading.
    package var note: String?

    /// Draws the chart.
    ///
    /// - Parameters:
    ///   - series: The lines, for the legend, the script's points and the figures.
    ///   - heads: The heads of the figures' columns.
    ///   - rows: The figures that say in words what the lines show: a name, then one text for each head.
    ///   - drawing: Writes the inner drawing in a square of 1000 × 1000, the origin at the top left.
    /// - Returns: A `figure` element.
    package func render(
        series: [ChartSeries],
        heads: [String],
        rows: [(name: String, style: String, cells: [String])],
        drawing: (inout Markup) -> Void
    ) -> Markup {
        var markup = Markup()
        let words = rows.map { "\($0.name): " + zip(heads, $0.cells).map { "\($0) \($1)" }.joined(separator: ", ") }
        markup.element("figure", ["class": "chart", "id": self.id]) { figure in
            figure.element("figcaption") { caption in
                caption.leaf("strong", self.title)
                caption.leaf("span", ["class": "unit"], " " + self.unit)
                if let note = self.note { caption.leaf("p", ["class": "note"], note) }
            }
            figure.append(self.plot(self.attributes(words: words), drawing: drawing))
            figure.element("div", ["class": "scroll"]) { $0.append(Self.figures(heads: heads, rows: rows)) }
            figure.append(self.pointData(series))
        }
        return markup
    }

    /// The axes, the shaded spans and the inner drawing alone, without heading and figures.
    ///
    /// - Parameters:
    ///   - attributes: Those of the `svg` element.
    ///   - drawing: Writes the inner drawing in a square of 1000 × 1000, the origin at the top left.
    /// - Returns: An `svg` element.
    func plot(_ attributes: KeyValuePairs<String, String>, drawing: (inout Markup) -> Void) -> Markup {
        var markup = Markup()
        markup.element("svg", attributes) { svg in
            svg.leaf("title", "\(self.title), \(self.unit)")
            self.spanNames(&svg)
            self.axes(&svg)
            svg.element(
                "svg",
                [
                    "class": "area", "width": "100%", "height": "\(Int(Self.height))",
                    "viewBox": "0 0 1000 1000", "preserveAspectRatio": "none",
                ]
            ) { area in
                for span in self.spans { self.draw(span, &area) }
                drawing(&area)
            }
        }
        return markup
    }

    /// The vertical position of a value in the square.
    func y(_ value: Double) -> Int {
        1000 - Int((self.vertical.position(value) * 1000).rounded())
    }

    /// The horizontal position of a value in the square.
    func x(_ value: Double) -> Double {
        self.horizontal.position(value) * 1000
    }
}

extension ChartFrame {
    /// What the lines show, in figures.
    private static func figures(
        heads: [String],
        rows: [(name: String, style: String, cells: [String])]
    ) -> Markup {
        var markup = Markup()
        markup.element("table", ["class": "figures"]) { table in
            table.element("thead") { head in
                head.element("tr") { row in
                    row.leaf("th", ["scope": "col"], "")
                    for name in heads { row.leaf("th", ["scope": "col"], name) }
                }
            }
            table.element("tbody") { body in
                for (name, style, cells) in rows {
                    body.element("tr") { row in
                        row.element("th", ["scope": "row"]) { cell in
                            cell.leaf("i", ["class": "key \(style)"], "")
                            cell.leaf("span", name)
                        }
                        for cell in cells { row.leaf("td", cell) }
                    }
                }
            }
        }
        return markup
    }

    private func attributes(words: [String]) -> KeyValuePairs<String, String> {
        [
            "class": "plot", "role": "img", "tabindex": "0", "height": "\(Int(Self.height))",
            "aria-label": "\(self.title), \(self.unit). " + words.joined(separator: "; "),
            "data-scale": self.isTime ? "time" : self.horizontal.scale.rawValue,
            "data-end": "\(self.horizontal.upper)", "data-symbol": self.symbol,
        ]
    }

    private func axes(_ svg: inout Markup) {
        svg.element("g", ["class": "ya"]) { group in
            for tick in self.vertical.ticks {
                let y = Int((Double(self.y(tick.value)) / 1000 * Self.height).rounded())
                group.empty("line", ["x1": "0", "x2": "100%", "y1": "\(y)", "y2": "\(y)"])
                group.leaf("text", ["x": "-6", "y": "\(y + 4)", "text-anchor": "end"], tick.label)
            }
        }
        svg.element("g", ["class": "xa"]) { group in
            for tick in self.horizontal.ticks {
                let position = self.horizontal.position(tick.value) * 100
                let anchor = position > 97 ? "end" : (position < 3 ? "start" : "middle")
                group.leaf(
                    "text",
                    [
                        "x": String(format: "%.2f%%", position), "y": "\(Int(Self.height) + 17)",
                        "text-anchor": anchor,
                    ],
                    tick.label
                )
            }
        }
    }

    private func draw(_ span: Span, _ area: inout Markup) {
        let (start, end) = (self.x(span.start), self.x(span.end))
        guard end > start else { return }
        area.empty(
            "rect",
            [
                "class": "span \(span.style)", "x": String(format: "%.1f", start), "y": "0",
                "width": String(format: "%.1f", end - start), "height": "1000",
            ]
        )
    }

    /// Names the spans that are wide enough to carry their name on a small screen.
    private func spanNames(_ svg: inout Markup) {
        svg.element("g", ["class": "sn"]) { group in
            for span in self.spans {
                let (start, end) = (self.x(span.start) / 10, self.x(span.end) / 10)
                guard end - start > Double(span.name.count) * 2.6 else { continue }
                let middle = String(format: "%.2f%%", (start + end) / 2)
                group.leaf("text", ["x": middle, "y": "-4", "text-anchor": "middle"], span.name)
            }
        }
    }

    /// The points behind the lines, for the pointer; the script is not needed to read the chart.
    private func pointData(_ series: [ChartSeries]) -> Markup {
        let lines = series.map { line -> String in
            let x = line.points.map { Self.number($0.x) }.joined(separator: ",")
            let y = line.points.map { $0.y.map(Self.number) ?? "null" }.joined(separator: ",")
            return "{\"name\":\(JSONValue.string(line.name).scriptText),\"style\":\"\(line.style.rawValue)\","
                + "\"x\":[\(x)],\"y\":[\(y)]}"
        }
        return Markup(script: "[\(lines.joined(separator: ","))]", attributes: ["class": "points"])
    }

    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        return value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(format: "%.6g", value)
    }
}

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
        /// What passed, what failed, and what could not be judged.
        case pass, fail, limited
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
