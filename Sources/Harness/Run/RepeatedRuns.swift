import Foundation
import Measure
import Reporting
import Signaling
import Workload

/// Repeats a run, alone or in turns with the same against another backend, and tells the two apart.
///
/// Trials stand in blocks of two pairs, A B B A or B A A B, the way being drawn from the seed: a machine that gets slower
/// over an hour then weighs on both sides alike. Trial k of either side has the profile's seed plus k, so both play the
/// same plans.
package struct RepeatedRuns: Sendable {
    private let request: RunRequest
    private let count: Int
    private let against: String?
    private let baseline: TrialGroup?
    private let own: String
    private let printer: ProgressPrinter

    /// - Parameters:
    ///   - request: what the user asked for; one backend at most.
    ///   - count: trials on each side.
    ///   - against: the candidate's backend, as `--backend` has it; nil to repeat one alone.
    ///   - baseline: earlier runs that one side alone is compared with; nil for none.
    ///   - own: the path of this program.
    ///   - printer: where progress goes.
    /// - Throws: `HarnessError` (bad flag) for what cannot be repeated.
    package init(
        request: RunRequest, count: Int, against: String?, baseline: TrialGroup? = nil, own: String,
        printer: ProgressPrinter
    ) throws(HarnessError) {
        guard against == nil || baseline == nil else {
            throw HarnessError(
                .badFlag, "--against and --baseline are both what is compared with", cure: "give one of them")
        }
        guard (1...1_000).contains(count) else {
            throw HarnessError(.badFlag, "--repeat \(count) is not from 1 to 1000", cure: "five tell most things apart")
        }
        guard request.backends.count <= 1, request.shard == nil else {
            throw HarnessError(
                .badFlag, "--repeat and --against take one --backend, and no shards",
                cure: "name the other backend by --against")
        }
        self.request = request
        self.count = count
        self.against = against
        self.baseline = baseline
        self.own = own
        self.printer = printer
    }

    /// One trial: which side, and which of its trials.
    struct Trial: Equatable, Sendable {
        var isCandidate: Bool
        var number: Int
    }

    /// The order of trials.
    ///
    /// - Parameters:
    ///   - count: on each side.
    ///   - isPaired: whether there are two sides.
    ///   - seed: what the way of each block is drawn from.
    /// - Returns: all trials, one after another.
    static func order(count: Int, isPaired: Bool, seed: UInt64) -> [Trial] {
        guard isPaired else { return (1...count).map { Trial(isCandidate: false, number: $0) } }
        var trials: [Trial] = []
        for first in stride(from: 1, through: count, by: 2) {
            let beginsWithCandidate = SplitMix64.mix(seed, UInt64(first)) % 2 == 1
            trials += [beginsWithCandidate, !beginsWithCandidate].map { Trial(isCandidate: $0, number: first) }
            guard first < count else { break }
            trials += [!beginsWithCandidate, beginsWithCandidate].map { Trial(isCandidate: $0, number: first + 1) }
        }
        return trials
    }

    /// Runs all trials, each into a folder of its own below `base` or `candidate`.
    ///
    /// - Returns: how each ended, and how the sides differ.
    /// - Throws: `HarnessError` for a mistake that is found before a trial starts.
    package func run() async throws -> RepeatedOutcome {
        let profile = try RunSetup.profile(
            self.request.profile, own: self.own,
            overrides: BackendOverrides(self.request.overrides, backends: self.request.backends).profile)
        let root =
            if let out = self.request.out {
                try ReportFolder(taking: out)
            } else {
                try ReportFolder(below: "Reports", profile: profile.name, backend: "repeated")
            }
        var outcome = RepeatedOutcome(folder: root.path)
        let order = Self.order(count: self.count, isPaired: self.against != nil, seed: profile.seed)
        for (index, trial) in order.enumerated() {
            let side = trial.isCandidate ? "candidate" : "base"
            self.printer.note("trial \(index + 1) of \(order.count): \(side) \(trial.number)")
            var request = self.request
            request.out = "\(root.path)/\(side)/\(trial.number)"
            if trial.isCandidate, let against { request.backends = [against] }
            let seed = profile.seed &+ UInt64(trial.number)
            request.overrides.append(.init(path: "seed", value: "\(seed)", source: "--repeat", isLiteral: true))
            let ended = try await RunController(request: request, own: self.own, printer: self.printer).run()
            outcome.trials.append((side, trial.number, ended))
            if ended.status == .interrupted { return outcome }
        }
        if let baseline {
            try outcome.compare(with: baseline)
        } else if outcome.groups.count > 1 {
            try outcome.write(ResultComparison(groups: outcome.groups))
        }
        return outcome
    }
}

/// What came of repeated runs.
package struct RepeatedOutcome: Sendable {
    package let folder: String
    /// One trial of a side.
    package typealias Trial = (side: String, number: Int, outcome: RunOutcome)

    package var trials: [Trial] = []
    /// The sides against each other; nil with one side, or when the trials were interrupted.
    package private(set) var comparison: ResultComparison?

    /// One run that was no repetition, as if it were a trial.
    package init(_ outcome: RunOutcome, folder: String) {
        self.folder = folder
        self.trials = [("run", 1, outcome)]
    }

    init(folder: String) { self.folder = folder }

    /// Compares what there is with earlier runs, and writes the comparison beside it.
    ///
    /// - Parameter baseline: the earlier runs.
    /// - Throws: `HarnessError` (not comparable, unwritable output).
    package mutating func compare(with baseline: TrialGroup) throws {
        let groups = [baseline] + self.groups
        if groups.count > 1 { try self.write(ResultComparison(groups: groups)) }
    }

    /// The measured trials of each side that has any, the base first.
    var groups: [TrialGroup] {
        ["base", "candidate", "run"].compactMap { side in
            let reports = self.measured.filter { $0.side == side }.flatMap(\.outcome.reports)
            return reports.isEmpty ? nil : TrialGroup(name: side, trials: reports.map(\.document))
        }
    }

    /// Whole trials whose instrument was fit: numbers of others are no evidence of a difference.
    private var measured: [Trial] {
        self.trials.filter { trial in
            trial.outcome.reports.allSatisfy { report in
                let result = report.document.result
                return report.error == nil && result.complete && (result.verdict == .pass || result.verdict == .fail)
            }
        }
    }

    mutating func write(_ comparison: ResultComparison) throws {
        self.comparison = comparison
        let encoder = ReportCoding.encoder(isPretty: true)
        let files = [
            ("compare.json", try encoder.encode(comparison)), ("compare.md", Data((comparison.markdown + "\n").utf8)),
            ("compare.html", Data(try comparison.page.utf8)),
        ]
        for (name, data) in files {
            do {
                try data.write(to: URL(filePath: "\(self.folder)/\(name)"), options: .atomic)
            } catch {
                throw HarnessError(
                    .unwritableOutput, "cannot write '\(self.folder)/\(name)': \(error.localizedDescription)",
                    cure:
                        "make room; 'signalbench compare \(self.folder)/base \(self.folder)/candidate' makes it again",
                    cause: error)
            }
        }
    }

    /// A trial that was interrupted, unreachable or invalid decides, because the others are then no sample of anything; then a
    /// regression, then a trial that failed.
    package var status: CommandStatus {
        let trials = CommandStatus.combined(self.trials.map(\.outcome.status))
        guard trials == .pass || trials == .fail, let comparison else { return trials }
        return comparison.status == .fail ? .fail : trials
    }

    /// A line for each trial, then how the sides differ.
    package var text: String {
        let unfit = self.trials.count - self.measured.count
        let remark =
            unfit == 0 ? nil : "\(unfit) of \(self.trials.count) trials measured nothing fit, and are not compared"
        if self.trials.count == 1, let run = self.trials.first?.outcome {
            return ([run.text] + [self.comparison?.text(isFull: false), remark].compactMap(\.self)).joined(
                separator: "\n\n")
        }
        var lines = self.trials.map { trial in
            "\(trial.side) \(trial.number): "
                + trial.outcome.reports.map { report in
                    let document = report.document
                    return "\(document.result.verdict.rawValue.uppercased())  completion "
                        + "\(document.text("negotiation.completion")) · fan-out p50 \(document.text("fanout.latency.p50")) p99 "
                        + document.text("fanout.latency.p99")
                }.joined(separator: "; ")
        }
        if let remark { lines.append(remark) }
        if let comparison { lines += ["", comparison.text(isFull: false)] }
        return (lines + ["reports: \(self.folder)"]).joined(separator: "\n")
    }

    /// The comparison; with one side the results of its trials.
    ///
    /// - Throws: what encoding throws.
    package func json() throws -> String {
        let encoder = ReportCoding.encoder(isPretty: true)
        let data =
            if let comparison {
                try encoder.encode(comparison)
            } else {
                try encoder.encode(self.trials.flatMap { $0.outcome.reports.map(\.document.result) })
            }
        return String(decoding: data, as: UTF8.self)
    }
}
