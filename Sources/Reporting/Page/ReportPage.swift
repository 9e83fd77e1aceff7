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
    let contract: ContractView
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
    let causes: [CauseView]
    let hasCauses: Bool
    let outages: [OutageView]
    let hasOutages: Bool
    let faults: [FaultView]
    let hasFaults: Bool
    let shards: String
    let hasShards: Bool
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
        let curve = HistogramView.curve(document, limit: detail.points)?.render()
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
        self.contract = ContractView(document)
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
        self.causes = (result.causes ?? []).map(CauseView.init)
        self.hasCauses = !self.causes.isEmpty
        self.outages = (result.outages ?? []).map(OutageView.init)
        self.hasOutages = !self.outages.isEmpty
        self.faults = (result.faults ?? []).map(FaultView.init)
        self.hasFaults = !self.faults.isEmpty
        self.shards = ShardTable.markup(result.shards ?? []).text
        self.hasShards = result.shards != nil
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

extension ReportPage {
    /// How much of a long run a page shows.
    struct Detail: Sendable {
        /// The most points of a drawn line.
        var points: Int
        /// The most rows of the time series in the embedded result.
        var rows: Int
        /// Whether the embedded result carries the encoded distributions.
        var withHistograms: Bool

        /// From the fullest to the leanest page.
        static let steps = [
            Detail(points: 1200, rows: 2400, withHistograms: true),
            Detail(points: 800, rows: 1200, withHistograms: true),
            Detail(points: 600, rows: 800, withHistograms: false),
            Detail(points: 300, rows: 200, withHistograms: false),
            Detail(points: 120, rows: 0, withHistograms: false),
        ]
    }
}

/// What the run ran against, and where.
enum EnvironmentFacts {
    /// The facts in the order of the page.
    ///
    /// - Parameter document: The run.
    /// - Returns: Names and values.
    static func all(_ document: ReportDocument) -> [FactView] {
        let result = document.result
        var facts = [
            FactView("backend", "\(result.backend.id) at \(result.backend.url)"),
            FactView(
                "backend command",
                result.backend.command.map { $0.joined(separator: " ") } ?? "not launched by this run"),
        ]
        if let line = result.backend.addressLine { facts.append(FactView("connections to", line)) }
        if let line = result.backend.unknownEventLine { facts.append(FactView("events no setting names", line)) }
        let declared = result.backend.declared.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        if !declared.isEmpty { facts.append(FactView("backend declares", declared.joined(separator: ", "))) }
        facts += [
            FactView("plan digest", result.plan.digest),
            FactView("seed", String(result.plan.seed)),
            FactView("comparable settings", result.plan.comparableDigest),
            FactView("system", "\(result.environment.os), kernel \(result.environment.kernel)"),
            FactView(
                "machine",
                "\(result.environment.cores) cores, \(Quantity(Double(result.environment.memory), .bytes).text)"),
            FactView("Swift", result.environment.swift),
            FactView("started", result.startedAt),
            FactView("finished", result.finishedAt),
        ]
        facts += result.environment.limits.sorted { $0.key < $1.key }.map { FactView($0.key, $0.value) }
        return facts
    }
}

/// The result as the page carries it: the whole `report.json`, or, after a long run, with a thinned time series.
struct EmbeddedResult: Sendable {
    /// JSON that may stand inside a `script` element.
    let script: String
    /// What was left out, in words.
    let note: String

    /// The result for a page.
    ///
    /// - Parameters:
    ///   - document: The run.
    ///   - rows: The most rows of the time series to keep.
    ///   - withHistograms: Whether to keep the encoded distributions.
    /// - Throws: What encoding throws.
    init(_ document: ReportDocument, rows: Int, withHistograms: Bool) throws {
        var document = document
        var remarks: [String] = []
        let count = document.result.series.t.count
        if count > rows {
            document.result.series = Self.thin(document.result.series, rows: rows)
            remarks.append(
                "its time series has \(document.result.series.t.count) rows instead of \(NumberText.significant(Double(count)))"
                    + ": of neighbouring rows the smallest and the largest value of each column"
            )
        }
        if !withHistograms {
            for key in document.result.histograms.keys { document.result.histograms[key]?.encoded = "" }
            remarks.append("the encoded distributions are left out")
        }
        let json = try ReportCoding.encoder().encode(document)
        self.script = ReportCoding.scriptText(String(decoding: json, as: UTF8.self))
        self.note =
            remarks.isEmpty
            ? "The same as report.json beside this page."
            : "To keep this page small, \(remarks.joined(separator: ", and ")); report.json beside it has everything."
    }

    /// A series with two rows for each run of neighbouring rows: first the smallest, then the largest values.
    static func thin(_ series: SeriesReport, rows: Int) -> SeriesReport {
        let buckets = rows < 2 ? [] : Downsampler.buckets(count: series.t.count, most: rows / 2)
        var thin = series
        thin.t = buckets.flatMap { [series.t[$0.lowerBound], series.t[$0.upperBound - 1]] }
        thin.columns = series.columns.mapValues { values in
            buckets.flatMap { bucket -> [Double?] in
                let known = values[bucket.clamped(to: values.indices)].compactMap { $0 }
                return [known.min(), known.max()]
            }
        }
        return thin
    }
}

/// How a verdict is shown: a word, a style and a sign that does not rest on colour.
struct Sign: Sendable {
    /// The word.
    let word: String
    /// The style sheet's class.
    let style: String
    /// A sign beside the word.
    let sign: String

    /// The sign of a verdict.
    init(_ verdict: Verdict) {
        self.style = verdict.rawValue
        self.word = verdict.rawValue
        self.sign =
            switch verdict {
            case .pass: "✓"
            case .fail: "✕"
            case .invalid: "⚠"
            case .interrupted: "■"
            }
    }

    /// The sign of something that holds, does not hold, or was not measured.
    init(holds: Bool?) {
        switch holds {
        case true?: (self.word, self.style, self.sign) = ("holds", "pass", "✓")
        case false?: (self.word, self.style, self.sign) = ("broken", "fail", "✕")
        case nil: (self.word, self.style, self.sign) = ("not measured", "soft", "–")
        }
    }
}

/// The templates, the style sheet and the script that are built into the program.
enum Templates {
    /// The page of one run.
    static func report() throws -> MustacheTemplate {
        try Self.template(PackageResources.report_mustache)
    }

    /// The page of several runs of one plan.
    static func comparison() throws -> MustacheTemplate {
        try Self.template(PackageResources.comparison_mustache)
    }

    /// The page of trials and nights.
    static func trials() throws -> MustacheTemplate {
        try Self.template(PackageResources.trials_mustache)
    }

    /// The page of a conformance run.
    static func conformance() throws -> MustacheTemplate {
        try Self.template(PackageResources.conformance_mustache)
    }

    /// A page of sections that hold markup.
    static func plain() throws -> MustacheTemplate {
        try Self.template(PackageResources.plain_mustache)
    }

    /// The style sheet of all pages.
    static let css = PackageResources.report_css

    /// The script of all pages.
    static let script = PackageResources.report_js

    private static func template(_ text: String) throws -> MustacheTemplate {
        MustacheContentTypes.register(MarkupText(), named: MarkupText.contentType)
        return try MustacheTemplate(string: text)
    }
}
