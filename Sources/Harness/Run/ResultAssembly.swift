import Backends
import Fleet
import Foundation
import Measure
import Reporting
import Signaling
import Workload

/// Makes the one document of a run out of everything that was planned, declared and seen.
struct ResultAssembly: Sendable {
    let profile: Profile
    let plan: Plan
    let gates: [Gate]
    let environment: EnvironmentReport
    let facts: MachineFacts
    let placement: BackendPlacement
    /// Whether the run is played in virtual time.
    var isSimulated = false
    /// Which part of the plan was played.
    var shard = Shard.whole

    private var agents: Int { self.plan.agents(of: self.shard) }

    /// What is known before the first connection, marked as interrupted: what a killed run leaves behind.
    ///
    /// - Parameters:
    ///   - date: now.
    ///   - series: the rows so far.
    /// - Returns: a result without figures.
    func partial(at date: Date, series: SeriesReport = SeriesReport()) -> RunResult {
        RunResult(
            tool: ToolVersion.text, verdict: .interrupted, gates: [],
            validity: Validity(fit: false, reasons: ["the run has not ended, or was killed"], checks: []),
            metrics: ["agents.requested": Double(self.agents)], histograms: [:], series: series,
            negotiations: NegotiationReport(),
            backend: BackendReport(id: self.profile.backend.id, url: "", command: self.command, declared: [:]),
            plan: self.planReport, environment: self.environment, startedAt: Timestamp.text(date),
            finishedAt: Timestamp.text(date), complete: false)
    }

    /// A run that never came to its load.
    ///
    /// - Parameters:
    ///   - error: why.
    ///   - date: when it was tried.
    /// - Returns: a result without figures, whose exit code is the error's.
    func failed(_ error: HarnessError, at date: Date) -> RunResult {
        var result = self.partial(at: date)
        result.verdict = error.code == .interrupted ? .interrupted : .invalid
        result.exitCode = error.exitStatus.rawValue
        result.validity = Validity(
            fit: false, reasons: [error.cure.isEmpty ? error.message : "\(error.message); \(error.cure)"], checks: [])
        result.finishedAt = Timestamp.text(Date())
        return result
    }

    /// The result of a run that ended, as planned or not.
    ///
    /// - Parameters:
    ///   - run: its measurements.
    ///   - merged: of a run that was put together from parts, what is not measured in one process.
    /// - Returns: the result.
    func result(_ run: FinishedRun, merged: MergedFacts? = nil) -> RunResult {
        let outcome = run.outcome
        var facts = RunFacts(agents: self.agents, rooms: self.plan.rooms(of: self.shard))
        let generator = merged?.generator ?? UsageTotals.generator(run.usage)
        facts.generatorCPU = generator?.cores
        facts.generatorRSS = generator?.peakRSS
        facts.generatorSeconds = generator?.cpuSeconds
        let backend = UsageTotals.backend(run.usage)
        facts.backendCPU = backend?.cores
        facts.backendRSS = backend?.peakRSS
        facts.backendSeconds = backend?.cpuSeconds
        facts.backendThrottled = run.throttled
        // The closed forms are about the whole plan and our agents alone.
        let prediction =
            outcome.ending == .completed && outcome.samples.session.foreignMembers == 0 && self.shard.isWhole
                && merged?.isComplete != false
            ? PlanPrediction.of(self.plan, profile: self.profile, capabilities: run.capabilities) : nil
        facts.predictedAmplification = prediction?.amplification
        var metrics = MetricAssembly(
            samples: outcome.samples, facts: facts, drainMilliseconds: self.profile.phases.drain.seconds * 1000
        ).metrics()
        let faults = FaultAssembly(
            samples: outcome.samples, origin: outcome.startedAt, duration: outcome.duration,
            timeout: self.plan.timeoutNanoseconds
        ).reports
        metrics.merge(FaultReport.metrics(of: faults)) { own, _ in own }
        if let floor = run.floor { metrics.merge(floor.metrics) { own, _ in own } }
        if let audit = run.audit {
            metrics.merge(audit.metrics(beside: outcome.samples[.fanoutUncorrected])) { own, _ in own }
        }
        var series = run.series
        series.faults = outcome.samples.outages.map {
            .init(name: "\($0.agents) connections lost", start: $0.start, end: $0.end ?? outcome.duration)
        }
        series.faults += self.profile.faults.map { fault in
            let start = fault.at.seconds
            return .init(name: fault.name, start: start, end: start + max(fault.span.seconds, 0.1))
        }
        series.phases = outcome.phases.map { .init(name: $0.phase.rawValue, start: $0.start, end: $0.end) }
        var validity =
            merged?.validity(over: series)
            ?? RunValidity.judge(
                run, series: series, profile: self.profile, agents: self.agents, facts: self.facts,
                isSimulated: self.isSimulated)
        validity.facts = validity.facts.map { $0 + InstrumentFacts.all(metrics) }
        let negotiations = NegotiationAssembly(
            pairs: outcome.samples.pairs, origin: outcome.startedAt,
            roomNames: self.plan.rooms.map { outcome.roomPrefix + $0.name },
            hasByes: self.profile.leave == .bye
        ).report()
        let gates = self.profile.verdict == .none ? [] : self.gates.map { $0.judged(against: metrics) }
        // What was still on its way when the user stopped the run broke nothing.
        let contract =
            outcome.ending == .interrupted
            ? []
            : RunContract.judge(
                metrics: metrics, failures: negotiations.failures, profile: self.profile,
                capabilities: run.capabilities)
        var isLost = false
        if case .backendLost = outcome.ending { isLost = true }
        let verdict = Verdict.of(
            gates: gates, contract: contract, validity: validity, backendLost: isLost,
            connectionsLost: outcome.samples.outages.contains { $0.isForGood },
            interrupted: outcome.ending == .interrupted)
        var result = RunResult(
            tool: ToolVersion.text, verdict: verdict, gates: gates, validity: validity, metrics: metrics,
            histograms: self.histograms(run), series: series, negotiations: negotiations,
            outages: outcome.samples.outages, faults: faults,
            conformance: LoadConformance.violations(
                metrics: metrics, failures: negotiations.failures,
                isPerfect: self.profile.signaling.strategy == .perfect),
            causes: outcome.samples.causes.most(), contract: contract, prediction: prediction,
            proxy: run.passed,
            backend: BackendReport(
                id: self.profile.backend.id, url: run.url, command: self.command,
                declared: run.capabilities.declared, pid: run.pid,
                addresses: outcome.addresses.isEmpty ? nil : outcome.addresses,
                unknownEvents: outcome.samples.unknownEvents),
            plan: self.planReport, environment: self.environment, startedAt: Timestamp.text(run.startedAt),
            finishedAt: Timestamp.text(run.startedAt.addingTimeInterval(outcome.duration)),
            complete: outcome.ending != .interrupted)
        result.simulated = self.isSimulated ? true : nil
        return result
    }

    private var command: [String]? {
        guard case .launched(let command, _) = self.placement else { return nil }
        return command.shown
    }

    private var planReport: PlanReport {
        PlanReport(
            digest: self.plan.digest, seed: self.plan.seed, comparableDigest: self.profile.comparableDigest)
    }

    private func histograms(_ run: FinishedRun) -> [String: HistogramReport] {
        var reports: [String: HistogramReport] = [:]
        for probe in Probe.allCases {
            let histogram = run.outcome.samples[probe]
            guard histogram.count + histogram.censored > 0 else { continue }
            reports[probe.path] = HistogramReport(histogram, clusters: self.clusters(probe, run))
        }
        return reports
    }

    /// What the samples of a distribution fall into that is drawn anew for its intervals: seconds for fan-out, rooms for
    /// pairs.
    private func clusters(_ probe: Probe, _ run: FinishedRun) -> HistogramReport.Clusters? {
        let seed = self.plan.seed
        let seconds: IntervalClusters
        switch probe {
        case .fanout: seconds = run.fanout
        case .signalingFanout: seconds = run.signaling
        case .negotiationTime:
            let outcome = run.outcome
            let end = outcome.startedAt + Int64(outcome.duration * 1e9)
            return NegotiationClusters(outcome.samples.pairs, until: end).clusters(seed: seed)
        default: return nil
        }
        var counts = seconds.clusters
        let censored = run.outcome.samples[probe].censored
        // When the lost would have come nobody knows: they stand together, like one more stall.
        if censored > 0 {
            var lost = HistogramDelta()
            lost.censored = censored
            counts.append(lost)
        }
        return .init(name: "seconds", counts: counts, seed: seed)
    }
}
