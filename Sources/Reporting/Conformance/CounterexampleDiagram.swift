package import Measure

/// The events of a counterexample as a sequence diagram: a life line for each agent, an arrow for each receipt.
package struct CounterexampleDiagram: Sendable {
    private static let row = 24.0
    private static let top = 34.0
    /// Where the first and the last life line stand, in per cent.
    private static let lanes = 18.0...90.0

    private let events: [HistoryEvent]
    private let agents: [Int]

    /// - Parameter events: at most twenty, in their order.
    package init(_ events: [HistoryEvent]) {
        self.events = events
        self.agents = Set(events.flatMap { [$0.agent, $0.from ?? $0.agent] }).sorted()
    }

    /// Draws it.
    ///
    /// - Returns: A `figure` element.
    package func render() -> Markup {
        let height = Int(Self.top + Double(max(1, self.events.count)) * Self.row + 8)
        var markup = Markup()
        markup.element("figure") { figure in
            figure.element(
                "svg",
                [
                    "class": "sequence", "height": "\(height)", "role": "img",
                    "aria-label": self.events.map(Self.words).joined(separator: "; "),
                ]
            ) { svg in
                for agent in self.agents {
                    let x = "\(self.lane(agent))%"
                    svg.leaf("text", ["x": x, "y": "14", "text-anchor": "middle"], HistoryEvent.name(agent))
                    svg.empty("line", ["class": "life", "x1": x, "x2": x, "y1": "20", "y2": "\(height)"])
                }
                for (index, event) in self.events.enumerated() {
                    self.draw(event, at: Self.top + Double(index) * Self.row, &svg)
                }
            }
        }
        return markup
    }

    private func draw(_ event: HistoryEvent, at y: Double, _ svg: inout Markup) {
        let isBad = event.outcome == .fail || event.outcome == .info && event.action == .push
        let line = "\(Int(y) + 10)"
        svg.element("g", ["class": isBad ? "bad" : "good"]) { group in
            group.leaf("title", Self.words(event))
            group.leaf("text", ["class": "time", "x": "0", "y": "\(Int(y) + 13)"], Self.seconds(event.t))
            let end = self.lane(event.agent)
            if event.action == .recv, let from = event.from, from != event.agent {
                let start = self.lane(from)
                group.empty("line", ["class": "arrow", "x1": "\(start)%", "x2": "\(end)%", "y1": line, "y2": line])
                let tip = start < end ? "-8,-4 0,0 -8,4" : "8,-4 0,0 8,4"
                group.element("svg", ["x": "\(end)%", "y": line, "overflow": "visible"]) {
                    $0.empty("polygon", ["class": "head", "points": tip])
                }
                group.leaf(
                    "text", ["x": "\((start + end) / 2)%", "y": "\(Int(y) + 6)", "text-anchor": "middle"],
                    event.n.map { "#\($0)" } ?? "")
            } else {
                group.empty("circle", ["class": "head", "cx": "\(end)%", "cy": line, "r": "3.5"])
                let isLeft = end < 60
                group.leaf(
                    "text",
                    [
                        "x": "\(end)%", "dx": isLeft ? "8" : "-8", "y": "\(Int(y) + 14)",
                        "text-anchor": isLeft ? "start" : "end",
                    ],
                    Self.label(event))
            }
        }
    }

    private func lane(_ agent: Int) -> Double {
        guard self.agents.count > 1, let index = self.agents.firstIndex(of: agent) else { return Self.lanes.lowerBound }
        let width = Self.lanes.upperBound - Self.lanes.lowerBound
        return (Self.lanes.lowerBound + width * Double(index) / Double(self.agents.count - 1)).rounded()
    }

    /// An event in a few words, for the diagram itself.
    private static func label(_ event: HistoryEvent) -> String {
        let end = event.outcome == .ok ? "" : event.outcome == .invoke ? " …" : " \(event.outcome.rawValue)"
        let number = event.n.map { " #\($0)" } ?? ""
        let text: String
        if let peer = event.peer {
            text = "\(peer.state) with \(HistoryEvent.name(peer.peer))"
        } else {
            text = event.action.rawValue + number + end
        }
        return text.count <= 40 ? text : text.prefix(39) + "…"
    }

    /// An event in words, for everybody.
    private static func words(_ event: HistoryEvent) -> String {
        var parts = [
            Self.seconds(event.t), HistoryEvent.name(event.agent), event.action.rawValue, event.outcome.rawValue,
        ]
        if let from = event.from, let n = event.n { parts.append("message \(n) of \(HistoryEvent.name(from))") }
        if let to = event.to { parts.append("for \(HistoryEvent.name(to))") }
        if let note = event.note { parts.append(note) }
        return parts.joined(separator: " ")
    }

    private static func seconds(_ t: Int64) -> String { NumberText.fixed(Double(t) / 1e9, decimals: 3) + " s" }
}

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
