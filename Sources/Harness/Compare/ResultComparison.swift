import Foundation
import Measure
import Reporting

/// The difference between groups of runs, metric by metric, with an interval and a verdict where there are trials enough.
package struct ResultComparison: Codable, Equatable, Sendable {
    /// What can be said about one metric.
    package enum Finding: String, Codable, Sendable {
        /// It is worse, and by more than the tolerance as far as the interval tells.
        case regressed
        /// It is better likewise.
        case improved
        /// The whole interval lies within the tolerance.
        case equivalent
        /// Neither: too few trials, or too much noise for them.
        case inconclusive
        /// The metric is neither good nor bad.
        case described
    }

    /// One metric of one candidate.
    package struct Row: Codable, Equatable, Sendable {
        package var metric: String
        /// Medians of the trials.
        package var base: Double
        package var candidate: Double
        /// The shift from base to candidate and its 95 % interval, in the metric's unit.
        package var difference: Double
        package var lower: Double?
        package var upper: Double?
        /// The same as a share of the base; absent when the base is not positive.
        package var change: Double?
        package var changeLower: Double?
        package var changeUpper: Double?
        /// Of the Mann–Whitney test, exact and two-sided; and after Holm over the judged metrics, which is what counts.
        package var p: Double?
        package var pAdjusted: Double?
        /// The change that so many trials of such spread show four times of five, as a share of the base.
        package var detectable: Double?
        /// Whether it decides about the comparison.
        package var isJudged: Bool
        package var finding: Finding
    }

    /// A candidate against the base.
    package struct Candidate: Codable, Equatable, Sendable {
        package var name: String
        package var trials: Int
        package var rows: [Row]
    }

    package var base: String
    package var baseTrials: Int
    /// What a change may be and still count as none, as a share of the base.
    package var tolerance: Double
    package var candidates: [Candidate]

    /// The metrics that decide, unless the user names others; the fewer, the fewer trials they need.
    package static let judged = [
        "negotiation.completion", "negotiation.time.p50", "negotiation.time.p99", "fanout.latency.p50",
        "fanout.latency.p99", "deliveries.lost", "amplification.messages", "backend.cpu",
    ]

    /// The chance of a false alarm, over all judged metrics together.
    private static let level = 0.05

    /// Compares groups of runs.
    ///
    /// - Parameters:
    ///   - groups: the base first; the trials of each group count as repetitions of one another.
    ///   - judged: the metrics that decide.
    ///   - tolerance: what a change may be and still count as none, as a share of the base.
    ///   - withSimulated: whether simulated runs may stand beside measured ones.
    /// - Throws: `HarnessError` (not comparable) when the comparable settings of two runs differ, seeds apart.
    package init(
        groups: [TrialGroup], judged: [String] = Self.judged, tolerance: Double = 0.05, withSimulated: Bool = false
    ) throws(HarnessError) {
        guard let base = groups.first, groups.count >= 2 else {
            throw HarnessError(
                .badFlag, "there is nothing to compare with", cure: "signalbench compare BASE.json CANDIDATE.json")
        }
        if !withSimulated { try TrialGroup.refuseMixedWithSimulated(groups) }
        try TrialGroup.refuseDifferentSettings(groups)
        self.base = base.name
        self.baseTrials = base.trials.count
        self.tolerance = tolerance
        self.candidates = groups.dropFirst().map { group in
            Candidate(
                name: group.name, trials: group.trials.count,
                rows: Self.rows(base, group, judged: Set(judged), tolerance: tolerance))
        }
    }

    /// Whether any judged metric regressed, or else whether any could not be judged.
    package var status: CommandStatus {
        let findings = Set(self.candidates.flatMap(\.rows).filter(\.isJudged).map(\.finding))
        if findings.contains(.regressed) { return .fail }
        return findings.contains(.inconclusive) ? .invalid : .pass
    }

    private static func rows(
        _ base: TrialGroup, _ candidate: TrialGroup, judged: Set<String>, tolerance: Double
    ) -> [Row] {
        let paths = Set(base.trials.flatMap(\.result.metrics.keys))
            .intersection(candidate.trials.flatMap(\.result.metrics.keys))
        let trials = paths.sorted().compactMap { path in
            MetricTrials(
                path, base.trials.compactMap { $0.result.metrics[path] },
                candidate.trials.compactMap { $0.result.metrics[path] })
        }
        // What never differs asks no question, and takes nothing from the level of the others.
        let asked = trials.indices.filter { judged.contains(trials[$0].path) && !trials[$0].isConstant }
        let adjusted = Dictionary(
            uniqueKeysWithValues: zip(asked, Holm.adjusted(asked.map { trials[$0].shift.p })))
        return trials.enumerated().map { index, trial in
            let isJudged = judged.contains(trial.path)
            var row = trial.row
            row.isJudged = isJudged
            row.pAdjusted = adjusted[index]
            row.finding = trial.finding(p: adjusted[index] ?? trial.shift.p, level: Self.level, tolerance: tolerance)
            return row
        }
    }
}

/// The trials of one metric in both groups.
private struct MetricTrials {
    let path: String
    let base: [Double]
    let candidate: [Double]
    /// In the metric's unit.
    let shift: RankShift
    /// Of the logarithms; nil where a value is not positive.
    let ratio: RankShift?

    init?(_ path: String, _ base: [Double], _ candidate: [Double]) {
        guard let shift = RankShift(base: base, candidate: candidate) else { return nil }
        self.path = path
        self.base = base
        self.candidate = candidate
        self.shift = shift
        self.ratio =
            (base + candidate).allSatisfy { $0 > 0 }
            ? RankShift(base: base.map { log($0) }, candidate: candidate.map { log($0) }) : nil
    }

    /// Whether all trials of both groups have one value.
    var isConstant: Bool { Set(self.base + self.candidate).count == 1 }

    var row: ResultComparison.Row {
        let change = self.change(\.interval)
        return ResultComparison.Row(
            metric: self.path, base: Self.median(self.base), candidate: Self.median(self.candidate),
            difference: self.shift.estimate, lower: self.shift.interval?.lowerBound,
            upper: self.shift.interval?.upperBound, change: self.ratio.map { exp($0.estimate) - 1 },
            changeLower: change?.lowerBound, changeUpper: change?.upperBound, p: self.shift.p, pAdjusted: nil,
            detectable: self.detectable, isJudged: false, finding: .described)
    }

    /// An interval as a share of the base.
    private func change(_ interval: KeyPath<RankShift, ClosedRange<Double>?>) -> ClosedRange<Double>? {
        self.ratio?[keyPath: interval].map { exp($0.lowerBound) - 1...exp($0.upperBound) - 1 }
    }

    private var detectable: Double? {
        guard self.ratio != nil else { return nil }
        return DetectableEffect.shift(self.base.map { log($0) }, self.candidate.map { log($0) }).map { exp($0) - 1 }
    }

    /// The verdict: a change within the tolerance is none, however certain it is.
    func finding(p: Double, level: Double, tolerance: Double) -> ResultComparison.Finding {
        let direction = MetricDirection.of(self.path)
        guard direction != .neither else { return .described }
        if self.base.count > 1, self.candidate.count > 1, self.isConstant { return .equivalent }
        if let narrow = self.change(\.narrow), narrow.lowerBound >= -tolerance, narrow.upperBound <= tolerance {
            return .equivalent
        }
        guard p <= level, let interval = self.shift.interval, !interval.contains(0) else { return .inconclusive }
        return (interval.lowerBound > 0) == (direction == .lowerIsBetter) ? .regressed : .improved
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard let middle = sorted.indices.dropFirst(sorted.count / 2).first else { return 0 }
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

/// Which way a metric is better.
package enum MetricDirection: String, Codable, Sendable {
    case lowerIsBetter, higherIsBetter
    /// A count or a size that describes the run and is neither good nor bad.
    case neither

    /// The direction of a metric by its path.
    ///
    /// - Parameter path: a key of `metrics`.
    /// - Returns: neither, for what merely describes a run.
    package static func of(_ path: String) -> MetricDirection {
        let last = path.split(separator: ".").last.map(String.init) ?? path
        if last == "completion" || last == "deliveriesPerCpuSecond" { return .higherIsBetter }
        if path == "negotiation.connectable" || path == "negotiation.negotiated" { return .higherIsBetter }
        let quantiles: Set<String> = ["p50", "p90", "p95", "p99", "p999", "max", "mean"]
        if quantiles.contains(last), !path.hasPrefix("negotiation.planned") { return .lowerIsBetter }
        if last == "cpu" || last == "rss" || path.hasPrefix("negotiation.failed.") { return .lowerIsBetter }
        if path.hasPrefix("amplification."), last != "predicted" { return .lowerIsBetter }
        if path.hasPrefix("fault."), ["time", "peak", "lost", "unsent"].contains(last) { return .lowerIsBetter }
        let defects: Set<String> = [
            "deliveries.lost", "deliveries.duplicate", "deliveries.stray", "deliveries.reordered",
            "deliveries.corrupted", "messages.unsent", "messages.late", "agents.disconnected", "agents.refused",
        ]
        return defects.contains(path) ? .lowerIsBetter : .neither
    }
}
