import Measure
import Signaling

/// Pairs to which something happens: NEG-06 to NEG-12.
enum NegotiationFaultCases {
    static let all: [String: CaseBook.Body] = [
        "NEG-06": { try await Self.renegotiate($0) },
        "NEG-07": { try await Self.restart($0) },
        "NEG-08": { try await Self.secondAnswer($0) },
        "NEG-09": { try await Self.secondCall($0) },
        "NEG-10": { try await Self.early($0) },
        "NEG-11": { try await Self.missing($0) },
        "NEG-12": { try await Self.correlation($0) },
    ]

    /// Two members with a complete connection, called by the first.
    private static func pair(_ rig: isolated CaseRig) async throws -> (NegotiatingAgent, NegotiatingAgent) {
        let agents = try await NegotiationCases.members(2, of: rig.room(), rig)
        agents[0].call()
        guard await NegotiationCases.complete(agents[0], agents[1], rig) else {
            throw CaseFailure(
                .inconclusive, "the pair was never complete: \(NegotiationCases.standing(agents[0], agents[1], rig))")
        }
        return (agents[0], agents[1])
    }

    private static func renegotiate(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let (a, b) = try await Self.pair(rig)
        let (offer, answer) = (a[b].offer, a[b].answer)
        a.renegotiate(with: b, trickles: false)
        let isDone = await NegotiationCases.complete(a, b, rig, candidates: (0, 0))
        await rig.drain()
        let moved =
            a[b].offer != offer && a[b].answer != answer && a[b].offer == b[a].offer && a[b].answer == b[a].answer
        let degree = NegotiationChecker.degree(of: a.agent.index, in: rig.history)
        return rig.check(
            isDone && moved && degree == 1,
            expected: "both ends move to the new offer and answer on the one connection",
            actual:
                "\(isDone ? "stable" : "not stable"), \(moved ? "moved" : "not moved") at both ends, \(degree) connection",
            evidence: rig.evidence.merging(["pairs": 1]) { $1 })
    }

    private static func restart(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let (a, b) = try await Self.pair(rig)
        let old = b[a].local
        a.renegotiate(with: b, trickles: true)
        let isDone = await NegotiationCases.complete(a, b, rig)
        // A candidate of before the restart comes late.
        b.sendCandidate(of: old, to: a)
        await rig.drain()
        let verdict = NegotiationCases.standing(a, b, rig)
        return rig.check(
            isDone && verdict == .complete && a.staleCandidates == 1,
            expected: "complete with new descriptions and candidates; an old candidate is ignored and counted",
            actual: "\(verdict), \(a.staleCandidates) stale", evidence: rig.evidence.merging(["pairs": 1]) { $1 })
    }

    private static func secondAnswer(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let (a, b) = try await Self.pair(rig)
        let offerer = a[b].local == a[b].offer ? a : b
        let answerer = offerer === a ? b : a
        answerer.sendAnswer(answerer[offerer].local, to: offerer)
        answerer.sendAnswer(DescriptionID(raw: 999), to: offerer)
        await rig.drain()
        let verdict = NegotiationCases.standing(a, b, rig)
        return rig.check(
            verdict == .complete && offerer.refusedAnswers == 2,
            expected: "further answers are refused, and the pair stays complete",
            actual: "\(verdict), \(offerer.refusedAnswers) of 2 refused",
            evidence: rig.evidence.merging(["pairs": 1]) { $1 })
    }

    private static func secondCall(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await NegotiationCases.members(2, of: rig.room(), rig, think: 100_000_000)
        agents[0].call()
        agents[0].call()
        let isDone = await NegotiationCases.complete(agents[0], agents[1], rig)
        await rig.pause(seconds: 0.5)
        await rig.drain()
        let responses = agents[1].sent[.response] ?? 0
        let offers = agents[0].sent[.offer] ?? 0
        let verdict = NegotiationCases.standing(agents[0], agents[1], rig)
        return rig.check(
            isDone && verdict == .complete && responses <= 2 && offers <= 2,
            expected: "at most one response and one offer more; complete",
            actual: "\(verdict), \(responses) responses, \(offers) offers",
            evidence: rig.evidence.merging(["pairs": 1]) { $1 })
    }

    private static func early(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let perfect = try await NegotiationCases.members(2, of: rig.room("perfect"), rig)
        for agent in perfect { agent.sendsCandidatesFirst = true }
        perfect[0].call()
        let isDone = await NegotiationCases.complete(perfect[0], perfect[1], rig)
        let seed = try await NegotiationCases.members(2, of: rig.room("seed"), rig, .seed)
        for agent in seed { agent.sendsCandidatesFirst = true }
        seed[0].call()
        await rig.drain()
        let lost = seed[1][seed[0]].candidatesLost + seed[0][seed[1]].candidatesLost
        let verdict = NegotiationCases.standing(perfect[0], perfect[1], rig)
        return rig.check(
            isDone && verdict == .complete, expected: "candidates that come before their offer wait for it; complete",
            actual: "perfect: \(verdict); seed: \(lost) candidates dropped",
            evidence: rig.evidence.merging(["pairs": 2]) { $1 })
    }

    private static func missing(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let agents = try await NegotiationCases.members(2, of: room, rig)
        let (a, b) = (agents[0], agents[1])
        a.patience = 400_000_000
        // The peer goes between its response and the offer.
        b.agent.cut()
        await rig.wait(seconds: 3) { b.agent.state == .closed }
        a.offer(to: b.agent)
        await rig.wait(seconds: 3) { a[b].state == .closed }
        let isFreed = a[b].state == .closed && a.negotiator.connectionCount == 0
        b.restarted()
        try await rig.connect(b.agent)
        try await rig.join(b.agent, room)
        b.call()
        let isDone = await NegotiationCases.complete(a, b, rig)
        return rig.check(
            isFreed && isDone, expected: "an offer to nobody is given up, and the same peer's next call completes",
            actual: "\(isFreed ? "given up" : "still \(a[b].state)"); then \(NegotiationCases.standing(a, b, rig))",
            evidence: rig.evidence.merging(["pairs": 1]) { $1 })
    }

    private static func correlation(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await NegotiationCases.members(3, of: rig.room(), rig)
        let (a, b, c) = (agents[0], agents[1], agents[2])
        c.isMute = true
        b.think = 300_000_000
        b.call()
        await rig.wait(seconds: 3) { a[b].state == .haveRemoteOffer || b[a].state == .haveLocalOffer }
        // A third one answers an offer that was never made to it, and sends candidates for it.
        c.sendAnswer(DescriptionID(raw: 77), to: b)
        c.sendCandidate(of: b[a].local, to: a, isLast: true)
        let isDone = await NegotiationCases.complete(a, b, rig)
        await rig.drain()
        let strangers = [a[c].state, b[c].state].filter { $0.isOpen }.count
        return rig.check(
            isDone && b.refusedAnswers == 1 && strangers == 0,
            expected: "a third one's answer and candidates change nothing between the two",
            actual:
                "\(NegotiationCases.standing(a, b, rig)); \(b.refusedAnswers) answer refused; \(strangers) connections with the third",
            evidence: rig.evidence.merging(["pairs": 1]) { $1 })
    }
}
