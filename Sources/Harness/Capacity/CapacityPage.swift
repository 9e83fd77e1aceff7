import Measure
import Reporting

/// The page of a capacity search: the answer, its trials as charts and as a table, and the laws with their residuals.
package enum CapacityPage {
    /// Renders it.
    ///
    /// - Parameters:
    ///   - report: the search, also one that goes on.
    ///   - hasPages: whether its trials have pages of their own to link to.
    /// - Returns: the text of one HTML file.
    /// - Throws: what encoding or the template throws.
    package static func render(_ report: CapacityReport, hasPages: Bool) throws -> String {
        var sections = [PlainPage.Section(id: "answer", title: "Answer", body: Self.answer(report))]
        let charts = CapacityCharts(report).all
        if !charts.isEmpty {
            var markup = Markup()
            markup.element("div", ["class": "charts"]) { box in charts.forEach { box.append($0) } }
            sections.append(.init(id: "charts", title: "Trials over the load", body: markup))
        }
        sections.append(.init(id: "trials", title: "Trials", body: Self.trials(report, hasPages: hasPages)))
        return try PlainPage(
            title: "\(report.profile): capacity of \(report.backend)",
            subtitle: "axis \(report.axis.rawValue) · goals: \(report.slo.joined(separator: " and "))",
            tool: report.tool, file: CapacityFile.name, sections: sections, content: report
        ).render()
    }

    private static func answer(_ report: CapacityReport) -> Markup {
        var markup = Markup()
        markup.leaf("p", report.line ?? "The search goes on: \(report.progress).")
        let settings = report.settings
        var facts = [
            ("evidence", "\(settings.needed) of \(settings.confirmations) full trials at each end"),
            (
                "steady phase",
                "\(FixedDecimal.short(report.fullSeconds)) s; short trials \(FixedDecimal.short(report.shortSeconds)) s"
            ),
            ("width", "at most \(FixedDecimal.short(settings.width * 100)) % of the lower end"),
            ("trials", "\(report.trials.count), begun \(report.startedAt)"),
        ]
        if let exhaustion = report.exhaustion {
            facts.insert(("ran out first", "\(exhaustion.kind.rawValue): \(exhaustion.text)"), at: 0)
        }
        if let knee = report.knee {
            facts.append(("knee", "\(report.axis.text(knee.load)), where more load begins to pay less"))
        }
        if let law = report.law { facts.append(("scalability law", law.text)) }
        if let cost = report.publishCost { facts.append(("cost of a publish", cost.text)) }
        markup.element("dl", ["class": "facts"]) { list in
            for (name, value) in facts {
                list.leaf("dt", name)
                list.leaf("dd", value)
            }
        }
        return markup
    }

    private static func trials(_ report: CapacityReport, hasPages: Bool) -> Markup {
        let heads = [
            "trial", "load", "length", "outcome", "missed, or what was the limit", "deliveries/s", "fan-out p99",
            "completion", "backend, cores", "generator, cores", "most frequent cause",
        ]
        func text(_ value: Double?, _ unit: String = "", decimals: Int? = nil) -> String {
            guard let value else { return "-" }
            return (decimals.map { FixedDecimal.text(value, decimals: $0) } ?? NumberText.significant(value)) + unit
        }
        let rows = report.trials.map { entry in
            let trial = entry.trial
            return [
                entry.folder, report.axis.text(trial.load), trial.length.rawValue,
                trial.outcome.rawValue + (entry.endedEarly == true ? ", cut short" : ""),
                trial.limit ?? trial.missed.joined(separator: "; "), text(entry.deliveriesPerSecond),
                text(entry.fanoutP99, " ms"), text(entry.completion.map { $0 * 100 }, " %"),
                text(entry.backendCPU, decimals: 2), text(entry.generatorCPU, decimals: 2), entry.cause ?? "",
            ]
        }
        var markup = Markup()
        markup.table(heads, rows) { cell, folder in
            // A trial that could not begin has no folder with a page.
            let isRun = report.trials.contains { $0.folder == folder && $0.seconds > 0 }
            if hasPages, isRun {
                cell.leaf("a", ["href": "\(folder)/report.html"], folder)
            } else {
                cell.leaf("span", folder)
            }
        }
        return markup
    }
}

/// The charts of a search.
struct CapacityCharts {
    private let report: CapacityReport

    init(_ report: CapacityReport) { self.report = report }

    var all: [Markup] {
        [
            self.search(),
            self.figure(
                "deliveries", "Deliveries", "receipts a second", "/s", \.deliveriesPerSecond, law: self.report.law),
            self.figure("fanout", "Fan-out, p99", "milliseconds", " ms", \.fanoutP99),
            self.figure("backend", "Processor of the backend", "cores busy", " cores", \.backendCPU),
            self.figure("generator", "Processor of the generator", "cores busy", " cores", \.generatorCPU),
            self.publishCost(),
        ].compactMap(\.self)
    }

    /// The path of the search: loads in the order in which they were tried, with the bracket.
    private func search() -> Markup? {
        guard !self.report.trials.isEmpty else { return nil }
        let numbered = self.report.trials.enumerated().map { (number: Double($0 + 1), entry: $1) }
        let dots = Self.outcomes { outcome in
            numbered.filter { $0.entry.trial.outcome == outcome }.map {
                ChartPoint(x: $0.number, y: $0.entry.trial.load)
            }
        }
        let lines = [("lower end", self.report.answer?.lower), ("upper end", self.report.answer?.upper)].compactMap {
            name, load in
            load.map { load in
                ChartSeries(
                    name: name, style: .reference,
                    points: [ChartPoint(x: 0, y: load), ChartPoint(x: Double(numbered.count), y: load)])
            }
        }
        return DotChart(
            id: "chart-search", title: "The search", axis: "load (\(self.report.axis.rawValue))",
            horizontal: "trials in their order", dots: dots, lines: lines
        ).render()
    }

    /// One figure of all trials over the load.
    private func figure(
        _ id: String, _ title: String, _ axis: String, _ symbol: String, _ value: (CapacityReport.Entry) -> Double?,
        law: ScalabilityLaw? = nil
    ) -> Markup? {
        let entries = self.report.trials.filter { value($0) != nil }.sorted { $0.trial.load < $1.trial.load }
        guard !entries.isEmpty else { return nil }
        let dots = Self.outcomes { outcome in
            entries.filter { $0.trial.outcome == outcome }.map { ChartPoint(x: $0.trial.load, y: value($0)) }
        }
        var note: String?
        var lines: [ChartSeries] = []
        var residuals: [(x: Double, from: Double, to: Double)] = []
        if let law {
            let reach = entries.map(\.trial.load).max() ?? 1
            lines = [Self.curve("scalability law", to: reach, law.curve)]
            residuals = law.points.map { ($0.load, $0.throughput, law.curve($0.load)) }
            note = law.text
        }
        return DotChart(
            id: "chart-\(id)", title: title, axis: axis, horizontal: self.report.axis.rawValue, symbol: symbol,
            dots: dots, lines: lines, residuals: residuals, note: note
        ).render()
    }

    private func publishCost() -> Markup? {
        guard let cost = self.report.publishCost else { return nil }
        let points = cost.points.sorted { $0.members < $1.members }
        let line = { cost.base + cost.perMember * $0 }
        return DotChart(
            id: "chart-publish", title: "Cost of a publish", axis: "microseconds of the backend's CPU",
            horizontal: "members of a room", symbol: " µs",
            dots: [
                ChartSeries(
                    name: "measured", style: .first,
                    points: points.map { ChartPoint(x: $0.members, y: $0.microseconds) })
            ],
            lines: [Self.curve("a + b·N", to: points.last?.members ?? 1, line)],
            residuals: points.map { ($0.members, $0.microseconds, line($0.members)) }, note: cost.text
        ).render()
    }

    private static func curve(_ name: String, to reach: Double, _ value: (Double) -> Double) -> ChartSeries {
        let points = (1...60).map { step in
            let x = reach * Double(step) / 60
            return ChartPoint(x: x, y: value(x))
        }
        return ChartSeries(name: name, style: .second, points: points)
    }

    private static func outcomes(_ points: (CapacityTrial.Outcome) -> [ChartPoint]) -> [ChartSeries] {
        [
            ChartSeries(name: "pass", style: .pass, points: points(.pass)),
            ChartSeries(name: "fail", style: .fail, points: points(.fail)),
            ChartSeries(name: "limited", style: .limited, points: points(.limited)),
        ]
    }
}
