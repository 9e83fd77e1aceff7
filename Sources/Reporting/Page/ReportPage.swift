internal import Foundation
internal import Measure
internal import Mustache

/// The page of one run, ready for its template: every member is text that the template puts in its place.
package struct ReportPage: Sendable {
    /// The most bytes that a page may have.
    package static let sizeLimit = 1_000_000

    let title: String
    let description: String?
    let subtitle: String
    let tool: String
    let finished: String
    let css = Templates.css
    let script = Templates.script
    let verdict: VerdictView
    let gates: [GateView]
    let hasGates: Bool
    let validity: ValidityView
    let cards: [CardView]
    let charts: String
    let hasCharts: Bool
    let chartNote: String
    let unmeasuredCharts: [FactView]
    let negotiation: NegotiationView
    let amplification: AmplificationView
    let histograms: [HistogramView]
    let hasHistograms: Bool
    let curve: String
    let hasCurve: Bool
    let integrity: [IntegrityView.Row]
    let identities: [IntegrityView.Identity]
    let outages: [OutageView]
    let hasOutages: Bool
    let worst: String
    let hasWorst: Bool
    let metrics: [MetricView]
    let metricCount: String
    let command: String
    let facts: [FactView]
    let profile: String
    let raw: String
    let rawNote: String

    /// The page of a run with at most so many points to each line.
    private init(_ document: ReportDocument, detail: Detail) throws {
        let result = document.result
        let chartSet = ChartSet(document, limit: detail.points)
        let integrity = IntegrityView(document)
        let curve = HistogramView.curve(document, limit: detail.points)
        let worst = result.negotiations.worst.prefix(10).map { SequenceDiagram($0).render().text }
        let embedded = try EmbeddedResult(document, rows: detail.rows, withHistograms: detail.withHistograms)
        self.title = document.profile["name"]?.string ?? "run"
        self.description = document.profile["description"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let agents = result.metrics["agents.requested"].map { "\(NumberText.significant($0)) agents · " } ?? ""
        let rooms = result.metrics["rooms.count"].map { "\(NumberText.significant($0)) rooms · " } ?? ""
        self.subtitle = "\(result.backend.id) · \(agents)\(rooms)seed \(result.plan.seed) · \(result.startedAt)"
        self.tool = result.tool
        self.finished = "finished \(result.finishedAt)" + (result.complete ? "" : " · partial")
        self.verdict = VerdictView(document)
        self.gates = result.gates.map { GateView($0, of: document) }
        self.hasGates = !result.gates.isEmpty
        self.validity = ValidityView(result.validity)
        self.cards = CardView.headline(document)
        self.charts = chartSet.charts.map(\.text).joined(separator: "\n")
        self.hasCharts = !chartSet.charts.isEmpty
        self.chartNote = chartSet.note
        self.unmeasuredCharts = chartSet.unmeasured
        self.negotiation = NegotiationView(document)
        self.amplification = AmplificationView(document)
        self.histograms = HistogramView.all(document)
        self.hasHistograms = !self.histograms.isEmpty
        self.curve = curve?.text ?? ""
        self.hasCurve = curve != nil
        self.integrity = integrity.rows
        self.identities = integrity.identities
        self.outages = (result.outages ?? []).map(OutageView.init)
        self.hasOutages = !self.outages.isEmpty
        self.worst = worst.joined(separator: "\n")
        self.hasWorst = !worst.isEmpty
        self.metrics = MetricView.all(document)
        self.metricCount = String(self.metrics.count)
        self.command = result.environment.command
        self.facts = EnvironmentFacts.all(document)
        let profile = try ReportCoding.encoder(isPretty: true).encode(document.profile)
        self.profile = String(decoding: profile, as: UTF8.self)
        self.raw = embedded.script
        self.rawNote = embedded.note
    }

    /// Renders the page of a run as one HTML file of at most ``sizeLimit`` bytes.
    ///
    /// Long runs are thinned until the page fits: of neighbouring intervals the smallest and the largest value stay.
    ///
    /// - Parameter document: The run.
    /// - Returns: The page's text.
    /// - Throws: What encoding the result or parsing the built-in template throws.
    package static func render(_ document: ReportDocument) throws -> String {
        let template = try Templates.report()
        var text = ""
        for detail in Detail.steps {
            text = template.render(try ReportPage(document, detail: detail))
            if text.utf8.count <= Self.sizeLimit { break }
        }
        return text
    }
}
