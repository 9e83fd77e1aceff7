import Foundation
import Measure
package import Reporting

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

extension ResultComparison {
    /// The table for people: what regressed first, what merely describes the runs only when asked for.
    ///
    /// - Parameter isFull: whether metrics without a better side, and those that are equal, are listed, too.
    /// - Returns: lines without a final line break.
    package func text(isFull: Bool) -> String {
        var lines = ["base: \(self.base) (n=\(self.baseTrials))"]
        for candidate in self.candidates {
            lines += ["", "\(candidate.name) (n=\(candidate.trials))"]
            let order: [Finding] = [.regressed, .improved, .noDifference, .inconclusive, .described]
            for finding in order where finding != .described || isFull {
                for row in candidate.rows where row.finding == finding && (isFull || !Self.isMute(row)) {
                    lines.append("  " + self.line(row, trials: candidate.trials))
                }
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Equal figures of which nothing more is known.
    private static func isMute(_ row: Row) -> Bool {
        row.finding == .inconclusive && row.difference == 0
    }

    private func line(_ row: Row, trials: Int) -> String {
        let unit = MetricUnit.of(row.metric)
        var parts = [
            row.metric + ":", Quantity(row.base, unit).text, "→", Quantity(row.candidate, unit).text,
        ]
        if row.base != 0 {
            parts.append("(\(Self.signed(100 * row.difference / row.base)) %)")
        }
        if let lower = row.lower, let upper = row.upper {
            parts.append("95 % [\(Self.signed(lower)), \(Self.signed(upper))]")
        }
        switch row.finding {
        case .regressed: parts.append("REGRESSED")
        case .improved: parts.append("improved")
        case .noDifference: parts.append("no difference shown")
        case .inconclusive: parts.append("inconclusive, n=\(min(self.baseTrials, trials))")
        case .described: break
        }
        return parts.joined(separator: " ")
    }

    private static func signed(_ value: Double) -> String {
        (value > 0 ? "+" : "") + NumberText.significant(value)
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
        let defects: Set<String> = [
            "deliveries.lost", "deliveries.duplicate", "deliveries.stray", "deliveries.reordered",
            "deliveries.corrupted", "messages.unsent", "messages.late", "agents.disconnected", "agents.refused",
        ]
        return defects.contains(path) ? .lowerIsBetter : .neither
    }
}

/// By how much one group of trials differs from another, without assuming a distribution (Hodges and Lehmann 1963).
package struct RankShift: Equatable, Sendable {
    /// The median of all pairwise differences, candidate minus base.
    package var estimate: Double
    /// The interval that holds the true shift with 95 % confidence; `nil` when there are too few trials for one.
    package var interval: ClosedRange<Double>?

    /// Compares two groups; `nil` when one has no trial.
    ///
    /// The bounds are order statistics of the pairwise differences, chosen by the exact null distribution of the
    /// Mann–Whitney statistic; four trials on each side are the fewest that have any.
    ///
    /// - Parameters:
    ///   - base: one number for each trial.
    ///   - candidate: likewise.
    package init?(base: [Double], candidate: [Double]) {
        guard !base.isEmpty, !candidate.isEmpty else { return nil }
        let differences = candidate.flatMap { c in base.map { c - $0 } }.sorted()
        let middle = differences.count / 2
        self.estimate =
            differences.count.isMultiple(of: 2)
            ? (differences[middle - 1] + differences[middle]) / 2 : differences[middle]
        if let rank = Self.rank(base.count, candidate.count) {
            self.interval = differences[rank - 1]...differences[differences.count - rank]
        }
    }

    /// The rank of the lower bound: the largest r with P(U < r) ≤ 2.5 % when there is no difference.
    ///
    /// - Returns: `nil` when even the extremes are not unlikely enough, or the groups are too large to be exact about.
    static func rank(_ m: Int, _ n: Int) -> Int? {
        guard m * n <= 10_000 else { return nil }
        let counts = Self.arrangements(m, n)
        let total = counts.reduce(0, +)
        var sum = 0.0
        var rank = 0
        for count in counts {
            sum += count
            if sum > 0.025 * total { break }
            rank += 1
        }
        return rank > 0 ? rank : nil
    }

    /// How many orders of m + n values give each value of U, by the recurrence of Mann and Whitney (1947).
    private static func arrangements(_ m: Int, _ n: Int) -> [Double] {
        // Coefficients of the Gaussian binomial: multiply by (1 − q^(n+i)), divide by (1 − q^i).
        var counts = [Double](repeating: 0, count: m * n + 1)
        counts[0] = 1
        for i in 1...m {
            for u in stride(from: m * n, through: n + i, by: -1) { counts[u] -= counts[u - n - i] }
            for u in stride(from: i, through: m * n, by: 1) { counts[u] += counts[u - i] }
        }
        return counts
    }
}

/// Reads results that earlier runs wrote.
package enum ResultFile {
    /// Reads a `report.json`.
    ///
    /// - Parameter path: the file.
    /// - Returns: the run.
    /// - Throws: `HarnessError` (unreadable file, bad result).
    package static func read(_ path: String) throws(HarnessError) -> ReportDocument {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw HarnessError(
                .unreadableFile, "cannot read '\(path)'", cure: "give the path of a report.json", cause: error)
        }
        do {
            return try ReportDocument(json: data, file: path)
        } catch {
            throw HarnessError(
                .badResult, error.message, cure: "give a report.json that this version of signalbench wrote",
                cause: error)
        }
    }
}

/// Runs that are repetitions of one another.
package struct TrialGroup: Sendable {
    /// The file or folder that they came from.
    package var name: String
    package var trials: [ReportDocument]

    package init(name: String, trials: [ReportDocument]) {
        self.name = name
        self.trials = trials
    }

    /// Reads one group.
    ///
    /// - Parameter path: a `report.json`, or a folder: then every `report.json` in it and one level below is a trial.
    /// - Throws: `HarnessError` (unreadable file, bad result).
    package init(reading path: String) throws(HarnessError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw HarnessError(.unreadableFile, "there is no file '\(path)'", cure: "give the path of a report.json")
        }
        var files = [path]
        if isFolder.boolValue {
            let below = DirectoryListing.names(in: path).sorted().map { "\(path)/\($0)/report.json" }
            files = (["\(path)/report.json"] + below).filter { FileManager.default.fileExists(atPath: $0) }
            if files.isEmpty {
                throw HarnessError(
                    .unreadableFile, "the folder '\(path)' holds no report.json", cure: "give a report's folder")
            }
        }
        var trials: [ReportDocument] = []
        for file in files { trials.append(try ResultFile.read(file)) }
        self.init(name: path, trials: trials)
    }
}
