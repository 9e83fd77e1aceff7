import Measure
import Signaling

/// Pairs that find each other: NEG-01 to NEG-05.
enum NegotiationCases {
    static let all: [String: CaseBook.Body] = [
        "NEG-01": { try await Self.pair($0) },
        "NEG-02": { try await Self.mesh($0) },
        "NEG-03": { try await Self.simultaneous($0) },
        "NEG-04": { try await Self.glare($0) },
        "NEG-05": { try await Self.maximum($0) },
    ]

    /// Negotiating members of one room.
    static func members(
        _ count: Int, of room: String, _ rig: isolated CaseRig, _ strategy: Strategy = .perfect, maximum: Int = 64,
        candidates: (Int, Int) = (2, 2), think: Int64 = 0
    ) async throws -> [NegotiatingAgent] {
        try await rig.members(count, of: room).map { agent in
            let negotiating = NegotiatingAgent(agent, strategy, maxConnections: maximum, candidates: candidates)
            negotiating.think = think
            rig.keep(negotiating)
            return negotiating
        }
    }

    /// How a pair stands by its own words.
    static func standing(
        _ a: NegotiatingAgent, _ b: NegotiatingAgent, _ rig: isolated CaseRig, candidates: (Int, Int)? = nil
    ) -> NegotiationChecker.Class {
        NegotiationChecker.classify(
            a.agent.index, b.agent.index, in: rig.history, candidates: candidates ?? a.candidates)
    }

    /// Waits until a pair is complete.
    static func complete(
        _ a: NegotiatingAgent, _ b: NegotiatingAgent, _ rig: isolated CaseRig, candidates: (Int, Int)? = nil,
        seconds: Double = 5
    ) async -> Bool {
        await rig.wait(seconds: seconds) { Self.standing(a, b, rig, candidates: candidates) == .complete }
    }

    private static func pair(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await Self.members(2, of: rig.room(), rig)
        agents[0].call()
        await rig.drain()
        agents[1].call()
        await rig.drain()
        let pushes = agents.reduce(0) { $0 + $1.messages }
        let wanted = MeshArithmetic(
            members: 2, offererCandidates: 2, answererCandidates: 2, joining: .present(callers: 2))
        let verdict = Self.standing(agents[0], agents[1], rig)
        return rig.check(
            verdict == .complete && pushes == wanted.messages, expected: "complete after \(wanted.messages) messages",
            actual: "\(verdict) after \(pushes) messages", evidence: rig.evidence.merging(["pairs": 1]) { $1 })
    }

    private static func mesh(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        var outcomes: [CaseOutcome] = []
        for size in rig.isQuick ? [3, 4, 8] : [3, 4, 8, 16] {
            let first = rig.agents.count
            let before = rig.history.count(.recv, .ok)
            let agents = try await Self.members(size, of: rig.room("\(size)"), rig)
            for agent in agents {
                agent.call()
                await rig.drain(settle: 0.02)
            }
            let classes = NegotiationChecker.classes(of: first..<first + size, in: rig.history, candidates: (2, 2))
            let complete = classes.count { $0.class == .complete }
            let rule = rig.board.rule
            let arithmetic = MeshArithmetic(
                members: size, offererCandidates: 2, answererCandidates: 2, echo: rule.echoesRoom ? .own : .none,
                delivery: !rule.routesDirected
                    ? .broadcast : rule.splitsStreams && rule.echoesRoom ? .inboxEcho : .routed,
                joining: .present(callers: size))
            let pushes = agents.reduce(0) { $0 + $1.messages }
            let deliveries = rig.history.count(.recv, .ok) - before
            let broken = classes.first { $0.class != .complete }
            outcomes.append(
                rig.check(
                    complete == classes.count && pushes == arithmetic.messages && deliveries == arithmetic.deliveries,
                    expected:
                        "N = \(size): \(classes.count) pairs, \(arithmetic.messages) messages, \(arithmetic.deliveries) deliveries",
                    actual:
                        "\(complete) pairs, \(pushes) messages, \(deliveries) deliveries\(broken.map { "; agents \($0.a) and \($0.b): \($0.class)" } ?? "")",
                    evidence: rig.evidence.merging(["pairs": classes.count]) { $1 },
                    counterexample: broken.map { pair in
                        Array(
                            rig.history.events.filter { $0.peer != nil && [pair.a, pair.b].contains($0.agent) }.suffix(
                                20))
                    }))
        }
        return rig.worst(outcomes)
    }

    private static func simultaneous(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let size = 4
        let pairs = size * (size - 1) / 2
        // Everybody thinks for longer than a message travels, so that all calls cross.
        let think: Int64 = 150_000_000
        let seed = try await Self.members(size, of: rig.room("seed"), rig, .seed, think: think)
        for agent in seed { agent.call() }
        await rig.rest()
        let seeds = NegotiationChecker.classes(of: 0..<size, in: rig.history, candidates: (2, 2))
        let seedComplete = seeds.count { $0.class == .complete }
        let offers = seed.reduce(0) { $0 + ($1.sent[.offer] ?? 0) }
        let answers = seed.reduce(0) { $0 + ($1.sent[.answer] ?? 0) }
        let perfect = try await Self.members(size, of: rig.room("perfect"), rig, .perfect, think: think)
        for agent in perfect { agent.call() }
        await rig.rest()
        let perfectComplete = NegotiationChecker.classes(of: size..<2 * size, in: rig.history, candidates: (2, 2))
            .count { $0.class == .complete }
        var outcome = rig.check(
            seedComplete == 0 && offers == 2 * pairs && answers == 0 && perfectComplete == pairs,
            expected: "seed: 0 of \(pairs) pairs, \(2 * pairs) offers, 0 answers; perfect: \(pairs) pairs",
            actual:
                "seed: \(seedComplete) pairs, \(offers) offers, \(answers) answers\(seedComplete == 0 ? " (deadlock reproduced)" : ""); perfect: \(perfectComplete) pairs",
            evidence: rig.evidence.merging(["pairs": 2 * pairs]) { $1 })
        // The law is shown where the backend is slow enough to show it; it says nothing against a backend.
        let points = rig.isQuick ? [] : try await GlareSweep.run(rig)
        if !points.isEmpty {
            outcome.sweep = points
            let worst = points.map { abs($0.measured - $0.predicted) }.max() ?? 0
            outcome.actual += "; the law of glare holds within \((worst * 1_000).rounded() / 1_000)"
        }
        return outcome
    }

    private static func glare(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await Self.members(2, of: rig.room(), rig)
        // Both offer in the same turn of the loop, so that the offers cross whatever the latency.
        agents[0].offer(to: agents[1].agent)
        agents[1].offer(to: agents[0].agent)
        _ = await Self.complete(agents[0], agents[1], rig)
        await rig.drain()
        let polite = agents[0].agent.id < agents[1].agent.id ? agents[0] : agents[1]
        let impolite = polite === agents[0] ? agents[1] : agents[0]
        let verdict = Self.standing(agents[0], agents[1], rig)
        let holds =
            verdict == .complete && polite.rollbacks == 1 && impolite.ignoredGlares == 1
            && impolite.sent[.answer] ?? 0 == 0
            && polite.sent[.answer] == 1
        return rig.check(
            holds, expected: "the polite end rolls back and answers, the impolite one ignores and does not; complete",
            actual:
                "\(verdict); rolled back \(polite.rollbacks), answered \(polite.sent[.answer] ?? 0); ignored \(impolite.ignoredGlares), answered \(impolite.sent[.answer] ?? 0)",
            evidence: rig.evidence.merging(["pairs": 1]) { $1 })
    }

    private static func maximum(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await Self.members(4, of: rig.room(), rig, maximum: 2)
        // The first fills up by answering; the last caller finds it full.
        for agent in agents.dropFirst() {
            agent.call()
            await rig.drain(settle: 0.02)
        }
        let degrees = agents.map { NegotiationChecker.degree(of: $0.agent.index, in: rig.history) }
        let responses = agents[0].sent[.response] ?? 0
        agents[1].bye()
        await rig.drain(settle: 0.05)
        agents[3].call()
        _ = await Self.complete(agents[0], agents[3], rig)
        let isFreed = Self.standing(agents[0], agents[3], rig) == .complete
        return rig.check(
            degrees[0] == 2 && responses == 2 && isFreed,
            expected: "two connections, no response to a third call, and a new one after a bye",
            actual:
                "\(degrees[0]) connections, \(responses) responses, \(isFreed ? "a new one" : "no new one") after the bye",
            evidence: rig.evidence.merging(["pairs": 3]) { $1 })
    }
}
