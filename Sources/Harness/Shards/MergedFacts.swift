import Foundation
import Measure
import Workload

/// What a merged run knows that no single process measured.
struct MergedFacts: Sendable {
    let parts: [ShardPart]
    /// Shards whose part is not there, and what is known of each.
    let missing: [(index: Int, lastSeen: String)]
    let count: Int

    /// A start this late, in milliseconds, is a load at another time.
    private static let latestStart = 500.0

    var isComplete: Bool { self.missing.isEmpty && self.parts.allSatisfy { $0.ending != .interrupted } }

    /// All generators together.
    var generator: UsageTotals? {
        let known = self.parts.compactMap(\.generator)
        guard let first = known.first else { return nil }
        return known.dropFirst().reduce(first) { sum, next in
            UsageTotals(
                cpuSeconds: sum.cpuSeconds + next.cpuSeconds, cores: sum.cores + next.cores,
                peakRSS: sum.peakRSS + next.peakRSS)
        }
    }

    /// Fit when every part is, when none is missing, and when all began together.
    ///
    /// - Parameter series: the merged rows.
    /// - Returns: the checks of all parts, each under its shard's name.
    func validity(over series: SeriesReport) -> Validity {
        var checks: [Validity.Check] = [
            .init(
                name: "shards", value: Double(self.parts.count), limit: Double(self.count), unit: "count",
                fit: self.missing.isEmpty,
                explanation: self.missing.isEmpty
                    ? "parts that are there, of those that the run was divided into"
                    : "\(self.parts.count) of \(self.count) shards: "
                        + self.missing.map { "shard \($0.index)/\(self.count) is missing (\($0.lastSeen))" }
                        .joined(separator: "; ")
                        + "; nothing is made up for it"),
            self.startCheck,
        ]
        var reasons = checks.filter { $0.fit == false }.map(\.explanation)
        var facts: [Validity.Fact] = []
        for part in self.parts {
            let name = "shard \(part.shard.text)"
            for check in part.validity.checks {
                var check = check
                check.name = "\(name): \(check.name)"
                checks.append(check)
            }
            for fact in part.validity.facts ?? [] {
                var fact = fact
                fact.name = "\(name): \(fact.name)"
                facts.append(fact)
            }
            // What a part says of its latencies over time is said again of the whole.
            let own = part.validity.reasons.filter { $0 != part.validity.steadyState?.sentence }
            reasons += own.map { "\(name): \($0)" }
        }
        var validity = Validity(
            fit: self.missing.isEmpty && self.startCheck.fit != false && self.parts.allSatisfy(\.validity.fit),
            reasons: reasons, checks: checks, facts: facts, steadyState: SteadyStateReport(series))
        if let state = validity.steadyState, !state.isSteady { validity.reasons.append(state.sentence) }
        return validity
    }

    /// Whether all shards began when they were to.
    private var startCheck: Validity.Check {
        let latest = self.parts.max { $0.lateness < $1.lateness }
        let value = latest?.lateness ?? 0
        let isFit = value <= Self.latestStart
        return .init(
            name: "start of the shards", value: value, limit: Self.latestStart, unit: "ms", fit: isFit,
            explanation: isFit
                ? "how long after T0 the last shard began"
                : "shard \(latest?.shard.text ?? "") began \(FixedDecimal.short(value)) ms after T0, so its load came at "
                    + "another time: look whether its host is overloaded")
    }

    /// One line for each shard, the missing ones too.
    func reports(of plan: Plan) -> [ShardReport] {
        let there = self.parts.map { part in
            var report = ShardReport(
                index: part.shard.index, host: part.host, complete: part.ending != .interrupted,
                agents: plan.agents(of: part.shard), rooms: plan.rooms(of: part.shard), fit: part.validity.fit,
                reasons: part.validity.reasons)
            report.loops = part.loops
            report.startedAt = Timestamp.text(Date(timeIntervalSince1970: part.startedAt))
            report.lateness = part.lateness
            if part.clock.bound < 3600 {
                report.clockOffset = part.clock.offset * 1e3
                report.clockBound = part.clock.bound * 1e3
            }
            report.generatorCPU = part.generator?.cores
            return report
        }
        let missing = self.missing.compactMap { missing -> ShardReport? in
            guard let shard = Shard(index: missing.index, count: self.count) else { return nil }
            return ShardReport(
                index: missing.index, host: "", complete: false, agents: plan.agents(of: shard),
                rooms: plan.rooms(of: shard), fit: false, reasons: [missing.lastSeen])
        }
        return (there + missing).sorted { $0.index < $1.index }
    }
}

extension ShardPart {
    /// How long after the planned T0 it began, in milliseconds.
    var lateness: Double { (self.startedAt - self.plannedStart) * 1e3 }
}
