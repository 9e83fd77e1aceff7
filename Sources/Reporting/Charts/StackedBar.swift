internal import Foundation

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

/// The steps of a process one under the other: how many came through each, how many were lost there, and why.
package struct FunnelChart: Sendable {
    /// One step.
    package struct Step: Sendable {
        /// The step's name.
        package var name: String
        /// How many came through it.
        package var count: Int
        /// How many were lost at it.
        package var lost: Int
        /// The losses by reason.
        package var reasons: [(name: String, count: Int)]

        /// One step.
        package init(name: String, count: Int, lost: Int, reasons: [(name: String, count: Int)]) {
            self.name = name
            self.count = count
            self.lost = lost
            self.reasons = reasons
        }
    }

    /// What is counted, such as `pairs`.
    package var noun: String
    /// The steps in their order.
    package var steps: [Step]

    /// A funnel.
    package init(noun: String, steps: [Step]) {
        self.noun = noun
        self.steps = steps
    }

    /// Draws the funnel.
    ///
    /// - Returns: An `ol` element with one bar a step.
    package func render() -> Markup {
        let largest = Double(max(1, self.steps.map { $0.count + $0.lost }.max() ?? 1))
        var markup = Markup()
        markup.element("ol", ["class": "bars"]) { list in
            for step in self.steps {
                list.element("li") { item in
                    item.element("p") { line in
                        line.leaf("strong", step.name)
                        line.leaf("span", " \(NumberText.fixed(Double(step.count), decimals: 0)) \(self.noun)")
                        if step.lost > 0 {
                            line.leaf("em", ["class": "bad"], " − \(NumberText.fixed(Double(step.lost), decimals: 0))")
                        }
                        if !step.reasons.isEmpty {
                            let texts = step.reasons.map {
                                "\($0.name) \(NumberText.fixed(Double($0.count), decimals: 0))"
                            }
                            line.leaf("small", " " + texts.joined(separator: ", "))
                        }
                    }
                    let kept = Double(step.count) / largest * 100
                    let lost = Double(step.lost) / largest * 100
                    let label = "\(step.name): \(step.count) \(self.noun), \(step.lost) lost"
                    item.element("svg", ["class": "bar", "height": "14", "role": "img", "aria-label": label]) { svg in
                        svg.empty("rect", ["class": "rail", "width": "100%", "height": "14"])
                        svg.empty("rect", ["class": "s1", "width": Self.percent(kept), "height": "14"])
                        if step.lost > 0 {
                            let x = Self.percent(kept)
                            svg.empty("rect", ["class": "lost", "x": x, "width": Self.percent(lost), "height": "14"])
                        }
                    }
                }
            }
        }
        return markup
    }

    static func percent(_ value: Double) -> String {
        String(format: "%.3f%%", value.isFinite ? value : 0)
    }
}
