/// One metric over many runs as a line, with a mark where its level changed.
package enum HistoryLine {
    private static let width = 560.0
    private static let height = 120.0

    /// Draws it.
    ///
    /// - Parameters:
    ///   - values: one for each run, oldest first.
    ///   - marks: the first runs of new levels.
    ///   - name: what it shows.
    /// - Returns: an SVG element in the colours of the page; nil for fewer than two values.
    package static func svg(_ values: [Double], marks: [Int], name: String) -> String? {
        guard let least = values.min(), let greatest = values.max(), values.count > 1 else { return nil }
        let span = greatest > least ? greatest - least : 1
        func x(_ index: Int) -> String { Self.text(4 + Double(index) / Double(values.count - 1) * (Self.width - 8)) }
        func y(_ value: Double) -> String {
            Self.text(
                greatest > least ? Self.height - 6 - (value - least) / span * (Self.height - 12) : Self.height / 2)
        }
        let points = values.enumerated().map { "\(x($0)),\(y($1))" }.joined(separator: " ")
        var markup = Markup()
        markup.element(
            "svg",
            [
                "viewBox": "0 0 \(Self.text(Self.width)) \(Self.text(Self.height))", "role": "img",
                "class": "history",
            ]
        ) { svg in
            svg.leaf("title", "\(name), \(NumberText.counted(marks.count, "change"))")
            svg.empty(
                "polyline",
                ["points": points, "fill": "none", "stroke": "currentColor", "stroke-width": "1.5"])
            for mark in marks where values.indices.contains(mark) {
                svg.empty(
                    "line",
                    [
                        "x1": x(mark), "x2": x(mark), "y1": "0", "y2": Self.text(Self.height), "class": "mark",
                        "stroke-dasharray": "4 3",
                    ])
                svg.empty("circle", ["cx": x(mark), "cy": y(values[mark]), "r": "4", "class": "mark"])
            }
        }
        return markup.text
    }

    private static func text(_ value: Double) -> String { NumberText.fixed(value, decimals: 1) }
}

/// A small picture of a label and a word, as front pages carry them.
package enum Badge {
    /// Draws it; without a script, a font or anything from elsewhere.
    ///
    /// - Parameters:
    ///   - label: what is meant.
    ///   - text: how it stands.
    ///   - isGood: whether it is green.
    /// - Returns: an SVG document.
    package static func svg(label: String, text: String, isGood: Bool) -> String {
        func width(_ text: String) -> Int { 10 + 7 * text.count }
        let (left, right) = (width(label), width(text))
        var markup = Markup()
        markup.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "width": "\(left + right)", "height": "20", "role": "img",
                "aria-label": "\(label): \(text)",
            ]
        ) { svg in
            svg.leaf("title", "\(label): \(text)")
            svg.empty("rect", ["width": "\(left + right)", "height": "20", "rx": "3", "fill": "#444"])
            svg.empty(
                "rect",
                [
                    "x": "\(left)", "width": "\(right)", "height": "20", "rx": "3",
                    "fill": isGood ? "#1a7f37" : "#b42318",
                ])
            svg.element(
                "g", ["fill": "#fff", "font-family": "Verdana,sans-serif", "font-size": "11", "text-anchor": "middle"]
            ) { group in
                group.leaf("text", ["x": "\(left / 2)", "y": "14"], label)
                group.leaf("text", ["x": "\(left + right / 2)", "y": "14"], text)
            }
        }
        return markup.text + "\n"
    }
}
