/// All that is known at the end of one load run, except its profile, which the report adds.
///
/// Its coding keys are the top-level names of `report.json`. Every number in it is finite: JSON has no infinity, so a
/// quantile among undelivered messages is written as the drain deadline beside its `.censored` count.
package struct RunResult: Codable, Equatable, Sendable {
    /// The version of this shape.
    package static let currentSchemaVersion = 2

    package var schemaVersion: Int
    /// Name and version of the program.
    package var tool: String
    /// True for a run in virtual time over a simulated network; absent for one that was measured.
    package var simulated: Bool?
    package var verdict: Verdict
    /// The number that the process ended with for this run.
    package var exitCode: Int32
    package var gates: [GateResult]
    package var validity: Validity
    /// Metric paths to numbers: milliseconds, bytes, ratios of 0…1, counts.
    ///
    /// A metric without samples is absent.
    package var metrics: [String: Double]
    /// Distributions by the path that their quantiles stand under.
    package var histograms: [String: HistogramReport]
    package var series: SeriesReport
    package var negotiations: NegotiationReport
    /// When agents were without the connections that they should have had; absent when they never were.
    package var outages: [Outage]?
    /// Before, during and after each fault of the profile; absent without faults.
    package var faults: [FaultReport]?
    /// Requirements of the conformance catalogue that were broken; absent when none was.
    package var conformance: [LoadConformance.Violation]?
    /// The most frequent reasons why something failed; absent when nothing did.
    package var causes: [Cause]?
    /// The cases that every run is judged by; absent when it was not judged by them.
    package var contract: [ContractCase]?
    /// What the closed form says of the plan; absent when none applies.
    package var prediction: Prediction?
    /// What passed the proxy of the profile's faults; absent without faults.
    package var proxy: ProxyReport?
    /// The processes of a divided run, whose parts were merged into this; absent of a run of one process.
    package var shards: [ShardReport]?
    package var backend: BackendReport
    package var plan: PlanReport
    package var environment: EnvironmentReport
    /// T0 and the end in ISO 8601, UTC.
    package var startedAt: String
    package var finishedAt: String
    /// False for the partial report of an interrupted run; one that lost its backend ended by itself and is whole.
    package var complete: Bool

    /// A result of the current schema whose exit code follows from its verdict.
    package init(
        tool: String,
        verdict: Verdict,
        gates: [GateResult],
        validity: Validity,
        metrics: [String: Double],
        histograms: [String: HistogramReport],
        series: SeriesReport,
        negotiations: NegotiationReport,
        outages: [Outage] = [],
        faults: [FaultReport] = [],
        conformance: [LoadConformance.Violation] = [],
        causes: [Cause] = [],
        contract: [ContractCase] = [],
        prediction: Prediction? = nil,
        proxy: ProxyReport? = nil,
        backend: BackendReport,
        plan: PlanReport,
        environment: EnvironmentReport,
        startedAt: String,
        finishedAt: String,
        complete: Bool
    ) {
        self.schemaVersion = Self.currentSchemaVersion
        self.tool = tool
        self.verdict = verdict
        self.exitCode = verdict.exitCode
        self.gates = gates
        self.validity = validity
        self.metrics = metrics
        self.histograms = histograms
        self.series = series
        self.negotiations = negotiations
        self.outages = outages.isEmpty ? nil : outages
        self.faults = faults.isEmpty ? nil : faults
        self.conformance = conformance.isEmpty ? nil : conformance
        self.causes = causes.isEmpty ? nil : causes
        self.contract = contract.isEmpty ? nil : contract
        self.prediction = prediction
        self.proxy = proxy
        self.backend = backend
        self.plan = plan
        self.environment = environment
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.complete = complete
    }
}
