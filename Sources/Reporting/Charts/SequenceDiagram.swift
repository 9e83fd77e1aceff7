internal import Foundation
package import Measure

/// The messages between two sessions as a sequence diagram with times, drawn without a fixed width.
package struct SequenceDiagram: Sendable {
    private static let row = 30.0
    private static let top = 34.0
    /// Where the two life lines stand, in per cent.
    private static let lanes = (left: 27.0, right: 85.0)
    /// Notes of events that mean harm to the pair.
    private static let bad: Set<String> = [
        "lost", "stale", "ignored", "glare", "rolledBack", "invalidState", "refusedMax", "timedOut",
    ]

    /// Notes in words, where the note itself is none.
    private static let notes = [
        "rolledBack": "rolled back", "invalidState": "refused in this state", "refusedMax": "refused, at the maximum",
        "timedOut": "timed out", "glare": "crossed another",
    ]

    private let pair: NegotiationReport.WorstPair
    private let events: [NegotiationReport.Event]
    private let left: Int

    /// A diagram of one pair.
    ///
    /// - Parameters:
    ///   - pair: The pair with its events in the order of time.
    ///   - limit: The most events to draw.
    package init(_ pair: NegotiationReport.WorstPair, limit: Int = 40) {
        self.pair = pair
        self.events = Array(pair.events.prefix(limit))
        self.left = pair.events.count - self.events.count
    }

    /// Draws the diagram.
    ///
    /// - Returns: A `figure` element.
    package func render() -> Markup {
        let height = Self.top + Double(max(1, self.events.count)) * Self.row + 8
        let title = "\(self.pair.a) and \(self.pair.b), room \(self.pair.room)"
        let time = self.pair.milliseconds.map { ", after \(Quantity($0, .milliseconds).text)" } ?? ""
        var markup = Markup()
        markup.element("figure") { figure in
            figure.element("figcaption") { caption in
                caption.leaf("strong", title)
                caption.leaf("p", ["class": "note"], self.pair.reason + time)
            }
            figure.element(
                "svg",
                [
                    "class": "sequence", "height": "\(Int(height))", "role": "img",
                    "aria-label": "\(title): \(self.words)",
                ]
            ) { svg in
                for (lane, name) in [(Self.lanes.left, self.pair.a), (Self.lanes.right, self.pair.b)] {
                    svg.leaf("text", ["x": "\(lane)%", "y": "14", "text-anchor": "middle"], Self.short(name, 22))
                    svg.empty(
                        "line",
                        ["class": "life", "x1": "\(lane)%", "x2": "\(lane)%", "y1": "20", "y2": "\(Int(height))"]
                    )
                }
                for (index, event) in self.events.enumerated() {
                    self.draw(event, at: Self.top + Double(index) * Self.row, &svg)
                }
            }
            if self.left > 0 { figure.leaf("p", ["class": "soft"], "and \(self.left) further events") }
        }
        return markup
    }

    private func draw(_ event: NegotiationReport.Event, at y: Double, _ svg: inout Markup) {
        let isBad = Self.bad.contains(event.note)
        let note = Self.notes[event.note] ?? event.note
        let text = event.note.isEmpty || event.note == "sent" ? event.kind : "\(event.kind) \(note)"
        let start = self.lane(event.from)
        let end = self.lane(event.to)
        let line = "\(Int(y) + 10)"
        svg.element("g", ["class": isBad ? "bad" : "good"]) { group in
            group.leaf("title", "\(Self.seconds(event.t)) \(event.from) → \(event.to): \(text)")
            group.leaf("text", ["class": "time", "x": "0", "y": "\(Int(y) + 13)"], Self.seconds(event.t))
            guard start != end, event.note == "sent" || event.note.isEmpty else {
                let lane = start
                group.empty("circle", ["class": "head", "cx": "\(lane)%", "cy": line, "r": "3.5"])
                let isLeft = lane < 50
                group.leaf(
                    "text",
                    [
                        "x": "\(lane)%", "dx": isLeft ? "8" : "-8", "y": "\(Int(y) + 14)",
                        "text-anchor": isLeft ? "start" : "end",
                    ],
                    Self.short(text, 34)
                )
                return
            }
            group.leaf("text", ["x": "56%", "y": "\(Int(y) + 5)", "text-anchor": "middle"], Self.short(text, 34))
            group.empty("line", ["class": "arrow", "x1": "\(start)%", "x2": "\(end)%", "y1": line, "y2": line])
            let tip = start < end ? "-8,-4 0,0 -8,4" : "8,-4 0,0 8,4"
            group.element("svg", ["x": "\(end)%", "y": line, "overflow": "visible"]) {
                $0.empty("polygon", ["class": "head", "points": tip])
            }
        }
    }

    /// The life line of a participant.
    private func lane(_ name: String) -> Double {
        name == self.pair.a ? Self.lanes.left : Self.lanes.right
    }

    private var words: String {
        self.events.map { "\(Self.seconds($0.t)) \($0.from) to \($0.to): \($0.kind) \($0.note)" }.joined(
            separator: "; ")
    }

    private static func seconds(_ time: Double) -> String {
        NumberText.fixed(time, decimals: 3) + " s"
    }

    private static func short(_ text: String, _ length: Int) -> String {
        text.count <= length ? text : text.prefix(length - 1) + "…"
    }
}
