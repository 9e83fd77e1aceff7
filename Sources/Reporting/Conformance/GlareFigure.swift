package import Measure

/// Measured completion of the published client against the law of glare, over the spread of calls.
package struct GlareFigure: Sendable {
    private let points: [GlarePoint]

    /// - Parameter points: in rising order of W/T.
    package init(_ points: [GlarePoint]) { self.points = points }

    /// Draws it.
    ///
    /// - Returns: a `figure` element with a table of the figures.
    package func render() -> Markup {
        var markup = Markup()
        markup.element("figure") { figure in
            figure.leaf("figcaption", "Pairs completed by calls spread over W, and (1 − T/W)²")
            figure.element(
                "svg",
                [
                    "class": "chart", "viewBox": "0 0 400 200", "style": "max-width: 40em; width: 100%", "role": "img",
                    "aria-label": self.points.map(Self.words).joined(separator: "; "),
                ]
            ) { svg in
                svg.empty("path", ["class": "line ref", "fill": "none", "d": Self.law])
                for point in self.points {
                    let place: KeyValuePairs = [
                        "class": "head", "cx": Self.x(point.window / point.latency), "cy": Self.y(point.measured),
                        "r": "4",
                    ]
                    svg.element("g", ["class": "good"]) { group in
                        group.leaf("title", Self.words(point))
                        group.empty("circle", place)
                    }
                }
                for ratio in [1, 2, 4, 8, 10] {
                    svg.leaf("text", ["x": Self.x(Double(ratio)), "y": "196", "text-anchor": "middle"], "\(ratio)")
                }
                for share in [0.0, 0.5, 1] {
                    svg.leaf("text", ["x": "0", "y": Self.y(share)], "\(Int(share * 100)) %")
                }
            }
            figure.element("table") { table in
                table.element("tr") { row in
                    for head in [
                        "W/T", "T", "pairs", "measured", "predicted", "other than by |Δt| < T", "farthest from T",
                    ] {
                        row.leaf("th", ["scope": "col"], head)
                    }
                }
                for point in self.points {
                    table.element("tr") { row in
                        for cell in [
                            NumberText.fixed(point.window / point.latency, decimals: 2),
                            "\(NumberText.fixed(point.latency, decimals: 2)) ms",
                            "\(point.pairs)", NumberText.fixed(point.measured, decimals: 4),
                            NumberText.fixed(point.predicted, decimals: 4),
                            "\(point.exceptions)", "\(NumberText.fixed(point.farthest, decimals: 2)) ms",
                        ] { row.leaf("td", cell) }
                    }
                }
            }
        }
        return markup
    }

    private static let law: String = {
        let parts = stride(from: 1.0, through: 10, by: 0.1).map { ratio in
            let share = 1 - 1 / ratio
            return "\(Self.x(ratio)),\(Self.y(share * share))"
        }
        return "M" + parts.joined(separator: " L")
    }()

    private static func x(_ ratio: Double) -> String { NumberText.fixed(40 + (min(ratio, 10) - 1) * 38, decimals: 1) }
    private static func y(_ share: Double) -> String { NumberText.fixed(180 - share * 165, decimals: 1) }

    private static func words(_ point: GlarePoint) -> String {
        "W/T \(NumberText.fixed(point.window / point.latency, decimals: 2)): measured \(NumberText.fixed(point.measured, decimals: 3)), predicted \(NumberText.fixed(point.predicted, decimals: 3)) over \(point.pairs) pairs"
    }
}
