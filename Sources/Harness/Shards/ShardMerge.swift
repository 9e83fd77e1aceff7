import Fleet
import Foundation
import Measure
package import Reporting
import Signaling
import Workload

/// Puts the parts of a divided run together: counts are added, distributions merged slot by slot, nothing is scaled up.
///
/// What does not belong together is refused. A part that is missing leaves a report that says so and is invalid.
package struct ShardMerge: Sendable {
    /// By their index.
    package let parts: [ShardPart]
    package let count: Int
    private let lastSeen: @Sendable (Int) -> String

    /// Takes parts of one run.
    ///
    /// - Parameters:
    ///   - parts: in any order.
    ///   - lastSeen: what is known of a shard whose part is missing.
    /// - Throws: `HarnessError` (parts unfit) when there is none, when one is there twice, or when they are of several
    ///   plans, programs or attempts.
    package init(
        _ parts: [ShardPart], lastSeen: @escaping @Sendable (Int) -> String = { _ in "its part is not there" }
    ) throws(HarnessError) {
        guard let first = parts.first else {
            throw HarnessError(.partsUnfit, "there is no part", cure: "give the folder of 'run --shard'")
        }
        func differ(_ part: ShardPart, _ what: String) -> HarnessError {
            HarnessError(
                .partsUnfit, "shards \(first.shard.text) and \(part.shard.text) are of different \(what)",
                cure: "merge the parts of one run, in a folder of their own")
        }
        var seen: Set<Int> = []
        for part in parts {
            if part.shard.count != first.shard.count { throw differ(part, "divisions") }
            if part.plan != first.plan { throw differ(part, "plans") }
            if part.binary != first.binary || part.tool != first.tool { throw differ(part, "programs") }
            if part.backend.id != first.backend.id || part.capabilities != first.capabilities {
                throw differ(part, "backends")
            }
            if !seen.insert(part.shard.index).inserted {
                throw HarnessError(
                    .partsUnfit, "shard \(part.shard.text) is there twice",
                    cure: "leave out the part that does not count")
            }
            if part.attempt != first.attempt { throw differ(part, "attempts") }
        }
        self.parts = parts.sorted { $0.shard.index < $1.shard.index }
        self.count = first.shard.count
        self.lastSeen = lastSeen
    }

    /// Shards whose part is not there.
    package var missing: [Int] {
        let there = Set(self.parts.map(\.shard.index))
        return (0..<self.count).filter { !there.contains($0) }
    }

    /// The report of the whole run.
    ///
    /// - Returns: a document like that of an undivided run, with `shards`; of a run that is not whole, an invalid one with
    ///   what there is.
    /// - Throws: `HarnessError` (parts unfit) when this program makes another plan out of the profile.
    package func document() throws -> ReportDocument {
        let first = self.parts[0]
        let profile = try self.profile()
        let plan = Planner.plan(profile, seed: first.plan.seed)
        guard plan.digest == first.plan.digest else {
            throw HarnessError(
                .partsUnfit, "this program makes another plan out of the parts' profile",
                cure: "merge with the program that made the parts: \(first.tool)")
        }
        let facts = MergedFacts(
            parts: self.parts, missing: self.missing.map { (index: $0, lastSeen: self.lastSeen($0)) }, count: self.count
        )
        // A gate that passes over a part of the run proves nothing of the whole.
        let gates = facts.isComplete ? Gate.parseAll(profile.gates).gates : []
        let assembly = ResultAssembly(
            profile: profile, plan: plan, gates: gates, environment: first.environment, facts: MachineFacts.read(),
            placement: .running(url: first.backend.url))
        var result = assembly.result(self.run(plan), merged: facts)
        result.tool = first.tool
        result.shards = facts.reports(of: plan)
        if !facts.isComplete {
            result.complete = false
            result.contract = nil
            if !facts.missing.isEmpty { result.exitCode = CommandStatus.incomplete.rawValue }
        }
        return try ReportDocument(result: result, profile: first.profile)
    }

    private func profile() throws(HarnessError) -> Profile {
        do {
            let json = try ReportCoding.encoder().encode(self.parts[0].profile)
            return try ProfileReader.read(
                text: String(decoding: json, as: UTF8.self), file: ShardPart.name(self.parts[0].shard))
        } catch {
            throw HarnessError(
                .partsUnfit, "the profile of the parts cannot be read: \(error)",
                cure: "merge with the program that made the parts", cause: error)
        }
    }

    // MARK: - Measurements

    /// All measurements as if one process had made them.
    private func run(_ plan: Plan) -> FinishedRun {
        let first = self.parts[0]
        var samples = LoopSamples()
        for part in self.parts { samples.add(part.samples) }
        var outcome = FleetOutcome(
            samples: samples, ending: self.ending, roomPrefix: first.roomPrefix, startedAt: Instant(nanoseconds: 0),
            duration: self.parts.map(\.duration).max() ?? 0, phases: self.phases)
        for part in self.parts { outcome.addresses.merge(part.addresses, uniquingKeysWith: +) }
        let rows = SeriesRow.merged(self.parts.map(\.rows))
        var series = SeriesBuilder()
        for row in rows { series.add(row) }
        var signaling = IntervalClusters()
        for row in rows { signaling.add(row.signaling ?? HistogramDelta()) }
        let start = self.parts.map { $0.startedAt + $0.clock.correction }.min() ?? 0
        return FinishedRun(
            outcome: outcome, series: series.build(), fanout: self.fanout(rows), signaling: signaling, usage: [],
            capabilities: first.capabilities, url: first.backend.url, pid: nil, brokerDeliveries: nil, passed: nil,
            startedAt: Date(timeIntervalSince1970: start), part: nil)
    }

    /// One part that was interrupted or lost its backend is enough.
    private var ending: FleetOutcome.Ending {
        if self.parts.contains(where: { $0.ending == .interrupted }) { return .interrupted }
        let losses = self.parts.compactMap { part -> (at: Double, detail: String)? in
            guard case .backendLost(let at, let detail) = part.ending else { return nil }
            return (at, "shard \(part.shard.text): \(detail)")
        }
        guard let loss = losses.min(by: { $0.at < $1.at }) else { return .completed }
        return .backendLost(at: loss.at, detail: loss.detail)
    }

    /// Steady is where all were steady; the other phases reach from the first to the last.
    private var phases: [(phase: FleetPhase, start: Double, end: Double)] {
        FleetPhase.allCases.compactMap { phase -> (phase: FleetPhase, start: Double, end: Double)? in
            let marks = self.parts.flatMap(\.phases).filter { $0.name == phase.rawValue }
            let (starts, ends) = (marks.map(\.start), marks.map(\.end))
            guard let first = starts.min(), let last = ends.max() else { return nil }
            guard phase == .steady, let from = starts.max(), let to = ends.min(), from < to else {
                return (phase, first, last)
            }
            return (phase, from, to)
        }
    }

    /// The counts of fan-out of each second that lay within the steady phase.
    private func fanout(_ rows: [SeriesRow]) -> IntervalClusters {
        var clusters = IntervalClusters()
        guard let steady = self.phases.first(where: { $0.phase == .steady }) else { return clusters }
        for row in rows where row.t - 1 >= steady.start - 0.05 && row.t <= steady.end + 0.05 {
            clusters.add(row.fanout ?? HistogramDelta())
        }
        return clusters
    }
}

/// The files of a divided run.
package enum ShardFolder {
    /// Reads the parts of a folder.
    ///
    /// - Parameter path: where `run --shard` left them.
    /// - Returns: the parts together.
    /// - Throws: `HarnessError` (unreadable file, parts unfit).
    package static func read(_ path: String) throws(HarnessError) -> ShardMerge {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw HarnessError(
                .unreadableFile, "cannot read the folder '\(path)'", cure: "give the folder of 'run --shard --part'",
                cause: error)
        }
        var parts: [ShardPart] = []
        for name in names where name.hasPrefix("part-") && name.hasSuffix(".json") {
            parts.append(try self.part(path + "/" + name))
        }
        let count = parts.first?.shard.count ?? 0
        return try ShardMerge(parts) { index in Self.lastSeen("\(path)/shard-\(index)-of-\(count)/report.json") }
    }

    private static func part(_ path: String) throws(HarnessError) -> ShardPart {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw HarnessError(.unreadableFile, "cannot read '\(path)'", cure: "check the file's permissions")
        }
        do {
            let part = try JSONDecoder().decode(ShardPart.self, from: data)
            if part.schemaVersion == ShardPart.currentSchemaVersion { return part }
        } catch {
            throw HarnessError(
                .partsUnfit, "'\(path)' is no part of a run, or is cut short: \(error)",
                cure: "run all shards again", cause: error)
        }
        throw HarnessError(
            .partsUnfit, "'\(path)' was written by another version of signalbench",
            cure: "merge with the program that made the parts")
    }

    /// A shard that was killed leaves the rows that it had written down until then.
    private static func lastSeen(_ path: String) -> String {
        guard let data = FileManager.default.contents(atPath: path),
            let document = try? ReportDocument(json: data)
        else { return "it left nothing" }
        guard let last = document.result.series.t.last else {
            return document.result.validity.reasons.first ?? "it never began"
        }
        let agents = document.result.series.columns["agents.connected"]?.last.flatMap(\.self) ?? 0
        return "last seen at \(FixedDecimal.text(last, decimals: 0)) s with \(Int(agents)) agents connected"
    }
}

/// Carries `merge` from a folder of parts to the files of a report.
package enum MergeController {
    /// Merges.
    ///
    /// - Parameters:
    ///   - folder: of the parts.
    ///   - out: of the report.
    ///   - writesHTML: whether `report.html` is written.
    /// - Returns: the report as a run's.
    /// - Throws: `HarnessError` (parts unfit, unreadable file, unwritable output).
    package static func run(folder: String, out: String, writesHTML: Bool) throws -> RunOutcome {
        let document = try ShardFolder.read(folder).document()
        let report = try ReportFolder(taking: out)
        try ReportFiles(folder: report, writesHTML: writesHTML).write(document)
        return RunOutcome(
            reports: [RunOutcome.Report(document: document, folder: report.path, error: nil)], comparison: nil)
    }
}
