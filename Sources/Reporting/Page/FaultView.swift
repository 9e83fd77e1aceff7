import Measure

/// One fault of the plan with its windows, as texts.
struct FaultView: Sendable {
    /// One window as a row.
    struct Window: Sendable {
        let name: String
        let fanout: String
        let signaling: String
        let deliveries: String
        let lost: String
        let unsent: String
        let reconnects: String
        let pairs: String

        init(_ name: String, _ window: FaultReport.Window) {
            self.name = name
            self.fanout = Self.text(window.fanout)
            self.signaling = Self.text(window.signaling)
            self.deliveries = NumberText.significant(Double(window.deliveries))
            self.lost = NumberText.significant(Double(window.lost))
            self.unsent = NumberText.significant(Double(window.unsent))
            self.reconnects = NumberText.significant(Double(window.reconnects))
            self.pairs = window.pairs == 0 ? "–" : "\(window.connectable) of \(window.pairs)"
        }

        private static func text(_ latency: FaultReport.Latency?) -> String {
            guard let latency else { return "–" }
            func text(_ value: Double?) -> String { value.map { Quantity($0, .milliseconds).text } ?? "–" }
            return "\(text(latency.p50)) / \(text(latency.p99))"
        }
    }

    let title: String
    let recovery: String
    let windows: [Window]

    init(_ fault: FaultReport) {
        let start = "\(NumberText.significant(fault.start)) s"
        let isMoment = fault.end <= fault.start
        self.title =
            "\(fault.name), " + (isMoment ? "at \(start)" : "\(start) to \(NumberText.significant(fault.end)) s")
        self.recovery = Self.recovery(fault)
        self.windows = [
            Window("before", fault.before), Window("during", fault.during), Window("after", fault.after),
        ]
    }

    private static func recovery(_ fault: FaultReport) -> String {
        let time = Quantity(fault.recovery, .milliseconds).text
        var parts = [fault.recovered ? "Recovered after \(time)" : "Not recovered when the run ended, \(time) later"]
        if let first = fault.firstDelivery {
            parts.append("first delivery after \(Quantity(first, .milliseconds).text)")
        } else {
            parts.append("no delivery after it")
        }
        if fault.backlog > 0 { parts.append("backlog gone after \(Quantity(fault.backlog, .milliseconds).text)") }
        if fault.peakReconnects > 0 {
            parts.append("at most \(NumberText.significant(Double(fault.peakReconnects))) reconnects in a second")
        }
        if fault.calls.met > 0 {
            let calls = fault.calls
            parts.append(
                "of \(calls.met) calls \(calls.resumed) resumed, \(calls.restarted) restarted, \(calls.lost) lost")
        }
        return parts.joined(separator: "; ") + "."
    }

    /// The faults in Markdown: a table of the windows, and a line for each recovery.
    static func table(_ faults: some Sequence<FaultReport>) -> [String] {
        let views = faults.map(FaultView.init)
        let rows = views.flatMap { view in
            view.windows.map {
                "| \(MarkdownText.escape(view.title)) | \($0.name) | \($0.fanout) | \($0.signaling) | \($0.deliveries) "
                    + "| \($0.lost) | \($0.unsent) |"
            }
        }
        return [
            "| Fault | Due | Fan-out p50 / p99 | Signaling p50 / p99 | Deliveries | Lost | Never sent |",
            "|---|---|---:|---:|---:|---:|---:|",
        ] + rows + [""] + views.map { "- \(MarkdownText.escape("\($0.title): \($0.recovery)"))" }
    }
}
