package import Backends
package import Measure
package import NIOCore
import Signaling

/// Puts one backend to the catalogue: smoke first, then every case, several at a time, each on an event loop of a group.
package struct ConformanceRunner: Sendable {
    private let fixture: CaseFixture
    private let profile: ConformanceProfile
    private let selected: Set<String>
    private let group: any EventLoopGroup
    private let network: any Network
    private let seed: UInt64
    private let mutant: Mutant?
    private let isCancelled: @Sendable () -> Bool

    /// Cases that run at the same time; those that need a machine to themselves run alone.
    private static let width = 8
    /// Cases that measure time or memory, or stop the server.
    private static let alone: Set<String> = [
        "LIM-04", "LIM-06", "DEP-07", "LIM-03", "LIV-03", "DEP-03", "REC-03", "REC-04", "DLV-08", "LIV-01", "LIM-08",
    ]
    /// Cases that have killed real backends, each by itself behind all others, the worst last.
    private static let lethal = ["PAY-09", "LIM-01", "LIM-02", "LIM-03", "PAY-06"]
    /// Seconds after which a case that does not end is a defect of ours.
    private static let limit: Double = 240

    /// - Parameters:
    ///   - fixture: the backend.
    ///   - profile: how large the cases are.
    ///   - selected: ids to run; the others are `notRun`.
    ///   - group: where cases run.
    ///   - network: how the backend is reached.
    ///   - seed: what runs are told apart by.
    ///   - mutant: a fault between wire and agents; for the suite's own tests.
    ///   - isCancelled: asked between cases.
    package init(
        fixture: CaseFixture, profile: ConformanceProfile, selected: Set<String>, group: any EventLoopGroup,
        network: any Network, seed: UInt64,
        mutant: Mutant? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.fixture = fixture
        self.profile = profile
        self.selected = selected
        self.group = group
        self.network = network
        self.seed = seed
        self.mutant = mutant
        self.isCancelled = isCancelled
    }

    /// Runs everything.
    ///
    /// - Parameter report: gets each result as it is known.
    /// - Returns: all results in the catalogue's order.
    package func run(report: @escaping @Sendable (CaseResult) -> Void = { _ in }) async -> BackendConformance {
        var result = BackendConformance(
            backend: self.fixture.name, url: "\(self.fixture.settings.url)", declared: self.fixture.declaration.declared
        )
        if let failure = await self.smoke() {
            result.setupFailure = failure
            return result
        }
        let cases = Catalogue.current.cases
        var results: [String: CaseResult] = [:]
        func note(_ one: CaseResult) {
            results[one.id] = one
            report(one)
        }
        for info in cases where !self.selected.contains(info.id) {
            note(CaseResult(id: info.id, level: info.level, verdict: .notRun, actual: "left out by --cases"))
        }
        var waiting = cases.filter { self.selected.contains($0.id) }
        // Waves: what others rest on comes first, and what needs the machine alone comes last.
        while !waiting.isEmpty, !self.isCancelled() {
            let ready = waiting.filter { info in
                info.dependsOn.allSatisfy { id in results[id] != nil || !waiting.contains { $0.id == id } }
            }
            let chosen = Self.next(of: ready)
            guard !chosen.isEmpty else { break }
            let known = results
            await withTaskGroup(of: CaseResult.self) { tasks in
                var pending = chosen[...]
                for _ in 0..<Self.width {
                    guard let info = pending.popFirst() else { break }
                    tasks.addTask { await self.one(info, known) }
                }
                for await one in tasks {
                    if chosen.count > 1 { note(one) } else { results[one.id] = one }
                    if !self.isCancelled(), let info = pending.popFirst() {
                        tasks.addTask { await self.one(info, known) }
                    }
                }
            }
            waiting.removeAll { results[$0.id] != nil }
            // What a case found by itself is told when it is known that it did not end the backend, too.
            let alone = chosen.count == 1 ? results[chosen[0].id] : nil
            guard !self.isCancelled(), await !self.isAlive() else {
                alone.map(report)
                continue
            }
            for one in Self.died(chosen, results, waiting) { note(one) }
            waiting = []
        }
        result.isComplete = waiting.isEmpty
        result.cases = cases.compactMap { results[$0.id] }
        return result
    }

    /// What runs next: whatever may run beside others, then one at a time, and at last what may kill the backend.
    static func next(of ready: [CaseInfo]) -> [CaseInfo] {
        let wave = ready.filter { !self.alone.contains($0.id) && !self.lethal.contains($0.id) }
        guard wave.isEmpty else { return wave }
        let single = ready.first { !self.lethal.contains($0.id) }
        return (single ?? self.lethal.lazy.compactMap { id in ready.first { $0.id == id } }.first).map { [$0] } ?? []
    }

    /// Whether the backend still lets somebody in; it may take as long as a restart takes.
    private func isAlive() async -> Bool {
        let plain = self.withoutMutant
        for _ in 0..<3 {
            guard let rig = try? plain.rig("alive") else { return true }
            let isLetIn = await rig.isLetIn()
            await rig.tearDown()
            if isLetIn { return true }
            try? await self.group.next().scheduleTask(in: .seconds(1)) {}.futureResult.get()
        }
        return false
    }

    /// The findings of a backend that accepts nobody any more.
    ///
    /// - Parameters:
    ///   - chosen: the cases that ran when it died.
    ///   - results: all results so far.
    ///   - waiting: the cases that have not run.
    /// - Returns: the results to put in place of those that there are.
    static func died(
        _ chosen: [CaseInfo], _ results: [String: CaseResult], _ waiting: [CaseInfo]
    ) -> [CaseResult] {
        let ran = chosen.compactMap { results[$0.id] }.filter { $0.verdict != .notApplicable && $0.verdict != .blocked }
        let suspects = ran.filter { $0.verdict != .pass && $0.verdict != .setupFail }
        guard var killer = suspects.first(where: { $0.verdict == .fail }) ?? suspects.first ?? ran.first else {
            return []
        }
        let names = (suspects.isEmpty ? ran : suspects).map(\.id).joined(separator: ", ")
        killer.verdict = .fail
        killer.actual = "the backend died in \(names)" + (killer.actual.isEmpty ? "" : "; \(killer.actual)")
        var all = [killer]
        for one in ran where one.id != killer.id && one.verdict == .setupFail {
            all.append(CaseResult(id: one.id, level: one.level, verdict: .notRun, actual: "not run: backend died"))
        }
        for info in waiting {
            all.append(CaseResult(id: info.id, level: info.level, verdict: .notRun, actual: "not run: backend died"))
        }
        return all
    }

    private func rig(_ name: String) throws -> CaseRig {
        // One number a suite, told apart from every other suite; its lowest byte tells the cases apart.
        let suite =
            UInt32(truncatingIfNeeded: FNV1a.hash("\(self.seed)-\(self.fixture.name)".utf8)) & ~UInt32(
                CaseBoard.caseMask)
        let place = Catalogue.current.cases.firstIndex { $0.id == name } ?? Int(CaseBoard.caseMask)
        let run = suite | UInt32(place) & CaseBoard.caseMask
        return try CaseRig(
            loop: self.group.next(), fixture: self.fixture, profile: self.profile, name: name, run: run,
            mutant: self.mutant, network: self.network)
    }

    /// The same backend as it is.
    private var withoutMutant: ConformanceRunner {
        ConformanceRunner(
            fixture: self.fixture, profile: self.profile, selected: [], group: self.group, network: self.network,
            seed: self.seed)
    }

    private func smoke() async -> String? {
        do {
            let rig = try self.withoutMutant.rig("smoke")
            let failure = await SmokeTest.run(rig)
            await rig.tearDown()
            return failure
        } catch {
            return "\(error)"
        }
    }

    /// One case, or why it is not run.
    private func one(_ info: CaseInfo, _ known: [String: CaseResult]) async -> CaseResult {
        var result = CaseResult(id: info.id, level: info.level, verdict: .harnessError)
        result.size = self.profile == .quick ? info.quick : info.full
        result.required =
            info.requires + info.declares.map { "\($0)=\(self.fixture.declaration[$0]?.text ?? "unspecified")" }
        if let unmet = info.requires.first(where: {
            !(CaseCondition($0)?.holds(for: self.fixture.declaration) ?? false)
        }) {
            result.verdict = .notApplicable
            result.actual = "the backend does not declare \(unmet)"
            return result
        }
        let failed = info.dependsOn.first { id in
            guard let other = known[id] else { return false }
            return ![.pass, .nonStrict, .info, .notRun].contains(other.verdict)
        }
        if let failed {
            result.verdict = .blocked
            result.actual = "\(failed) did not pass"
            return result
        }
        guard let body = CaseBook.body(info.id) else {
            result.actual = "the catalogue has a case that nothing carries out"
            return result
        }
        let clock = self.group.any()
        let began = clock.now
        let outcome = await self.carryOut(body, info)
        result.ms = Int((clock.now - began).nanoseconds / 1_000_000)
        result.verdict = outcome.verdict
        result.expected = outcome.expected
        result.actual = outcome.actual
        result.evidence = outcome.evidence
        result.counterexample = outcome.counterexample
        result.sweep = outcome.sweep
        // An unspecified capability cannot be missed.
        if result.verdict == .pass || result.verdict == .fail, info.level == .declared, !info.declares.isEmpty,
            info.declares.allSatisfy({ self.fixture.declaration[$0] == nil })
        {
            result.verdict = .info
        }
        if result.verdict == .fail, info.level == .should { result.verdict = .nonStrict }
        if result.verdict == .pass,
            let thin = info.evidence.first(where: { (outcome.evidence[$0.key] ?? $0.value) < $0.value })
        {
            result.verdict = .inconclusive
            result.actual += "; only \(outcome.evidence[thin.key] ?? 0) \(thin.key)"
        }
        return result
    }

    private func carryOut(_ body: @escaping CaseBook.Body, _ info: CaseInfo) async -> CaseOutcome {
        let rig: CaseRig
        do {
            rig = try self.rig(info.id)
        } catch {
            return CaseOutcome(.setupFail, actual: "\(error)")
        }
        let outcome = await withTaskGroup(of: CaseOutcome?.self) { group in
            group.addTask {
                do {
                    return try await body(rig)
                } catch let failure as CaseFailure {
                    switch failure.kind {
                    case .setup: return CaseOutcome(.setupFail, actual: failure.description)
                    case .notApplicable: return .notApplicable(failure.description)
                    case .inconclusive: return CaseOutcome(.inconclusive, actual: failure.description)
                    }
                } catch {
                    return CaseOutcome(.setupFail, actual: "\(error)")
                }
            }
            group.addTask {
                await rig.expire(after: Self.limit)
                    ? CaseOutcome(.harnessError, actual: "the case did not end within \(Int(Self.limit)) s") : nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        let breach = await rig.breach
        await rig.tearDown()
        return Self.judged(outcome ?? CaseOutcome(.harnessError, actual: "the case had no outcome"), breach)
    }

    /// The outcome of a case in which the backend broke the protocol of its own messages: whatever the case is about, that
    /// is its failure, binary frames where there is text, and several values in one message, among them.
    static func judged(_ outcome: CaseOutcome, _ breach: String?) -> CaseOutcome {
        guard let breach, outcome.verdict != .harnessError else { return outcome }
        var judged = outcome
        judged.verdict = .fail
        judged.actual = breach + (outcome.actual.isEmpty ? "" : "; \(outcome.actual)")
        return judged
    }
}
