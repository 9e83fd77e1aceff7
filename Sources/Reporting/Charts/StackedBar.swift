/// Sums beside each other, each split into its parts, on one common scale.
package struct StackedBar: Sendable {
    /// One part of a bar.
    package struct Part: Sendable {
        /// The part's name.
        package var name: String
        /// Its size in the bar's unit.
        package var value: Double
        /// The style sheet's class: `useful`, `overheard`, `echo`, `duplicate`, `stray` or `rest`.
        package var style: String

        /// One part of a bar.
        package init(name: String, value: Double, style: String) {
            self.name = name
            self.value = value
            self.style = style
        }
    }

    /// One bar.
    package struct Row: Sendable {
        /// What the bar shows.
        package var label: String
        /// A remark after the label, such as the factor.
        package var note: String
        /// The parts from the left.
        package var parts: [Part]

        /// One bar.
        package init(label: String, note: String, parts: [Part]) {
            self.label = label
            self.note = note
            self.parts = parts
        }
    }

    /// The unit of all parts.
    package var unit: Quantity.Unit
    /// The bars from the top.
    package var rows: [Row]

    /// Bars on one scale.
    package init(unit: Quantity.Unit, rows: [Row]) {
        self.unit = unit
        self.rows = rows
    }

    /// Draws the bars.
    ///
    /// - Returns: A `ul` element with one bar a row.
    package func render() -> Markup {
        let largest = max(self.rows.map { $0.parts.reduce(0) { $0 + $1.value } }.max() ?? 0, .leastNonzeroMagnitude)
        var markup = Markup()
        markup.element("ul", ["class": "bars"]) { list in
            for row in self.rows {
                list.element("li") { item in
                    item.element("p") { line in
                        line.leaf("strong", row.label)
                        line.leaf("span", " " + row.note)
                    }
                    let label = row.parts.map { "\($0.name) \(Quantity($0.value, self.unit).text)" }
                    let words = row.label + ": " + label.joined(separator: ", ")
                    item.element("svg", ["class": "bar", "height": "22", "role": "img", "aria-label": words]) { svg in
                        svg.empty("rect", ["class": "rail", "width": "100%", "height": "22"])
                        var start = 0.0
                        for part in row.parts where part.value > 0 {
                            let width = part.value / largest * 100
                            svg.element(
                                "rect",
                                [
                                    "class": "part \(part.style)", "x": FunnelChart.percent(start),
                                    "width": FunnelChart.percent(width), "height": "22",
                                ]
                            ) { $0.leaf("title", "\(part.name): \(Quantity(part.value, self.unit).text)") }
                            start += width
                        }
                    }
                    item.element("p", ["class": "parts"]) { line in
                        for part in row.parts {
                            line.element("span") { span in
                                span.leaf("i", ["class": "key \(part.style)"], "")
                                span.leaf("span", "\(part.name) \(Quantity(part.value, self.unit).text) ")
                            }
                        }
                    }
                }
            }
        }
        return markup
    }
}
