import Measure
import Reporting

/// The difference between groups of runs, metric by metric, with an interval where there are trials enough for one.
package struct ResultComparison: Codable, Equatable, Sendable {
    /// What can be said about one metric.
    package enum Finding: String, Codable, Sendable {
        /// The whole interval lies on the worse side.
        case regressed
        /// The whole interval lies on the better side.
        case improved
        /// The interval holds zero.
        case noDifference
        /// Too few trials for an interval.
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
    package var candidates: [Candidate]

    /// Compares groups of runs.
    ///
    /// - Parameter groups: the base first; the trials of each group count as repetitions of one another.
    /// - Throws: `HarnessError` (not comparable) when the comparable settings or the seeds of two runs differ.
    package init(groups: [TrialGroup]) throws(HarnessError) {
        guard let base = groups.first, groups.count >= 2 else {
            throw HarnessError(
                .badFlag, "there is nothing to compare with", cure: "signalbench compare BASE.json CANDIDATE.json")
        }
        for group in groups { try Self.refuseDifferentSettings(base, group) }
        self.base = base.name
        self.baseTrials = base.trials.count
        self.candidates = groups.dropFirst().map { group in
            Candidate(name: group.name, trials: group.trials.count, rows: Self.rows(base, group))
        }
    }

    /// Whether any metric regressed, or else whether any that could have could not be judged.
    package var status: CommandStatus {
        let findings = Set(self.candidates.flatMap(\.rows).map(\.finding))
        if findings.contains(.regressed) { return .fail }
        return findings.contains(.inconclusive) ? .invalid : .pass
    }

    private static func refuseDifferentSettings(_ base: TrialGroup, _ group: TrialGroup) throws(HarnessError) {
        guard let expected = base.trials.first?.result.plan.comparableDigest else { return }
        for trial in base.trials + group.trials where trial.result.plan.comparableDigest != expected {
            throw HarnessError(
                .notComparable,
                "the runs of '\(base.name)' and '\(group.name)' do not share their settings (digest \(expected) against "
                    + "\(trial.result.plan.comparableDigest))",
                cure: "run both with the same profile, seed and flags; only backend, name and description may differ")
        }
    }

    private static func rows(_ base: TrialGroup, _ candidate: TrialGroup) -> [Row] {
        let paths = Set(base.trials.flatMap(\.result.metrics.keys))
            .intersection(candidate.trials.flatMap(\.result.metrics.keys))
        return paths.sorted().compactMap { path in
            let before = base.trials.compactMap { $0.result.metrics[path] }
            let after = candidate.trials.compactMap { $0.result.metrics[path] }
            guard let shift = RankShift(base: before, candidate: after) else { return nil }
            return Row(
                metric: path, base: Self.median(before), candidate: Self.median(after), difference: shift.estimate,
                lower: shift.interval?.lowerBound, upper: shift.interval?.upperBound,
                finding: Self.finding(path, shift))
        }
    }

    private static func finding(_ path: String, _ shift: RankShift) -> Finding {
        let direction = MetricDirection.of(path)
        guard direction != .neither else { return .described }
        guard let interval = shift.interval else { return .inconclusive }
        if interval.contains(0) { return .noDifference }
        return (interval.lowerBound > 0) == (direction == .lowerIsBetter) ? .regressed : .improved
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard let middle = sorted.indices.dropFirst(sorted.count / 2).first else { return 0 }
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
