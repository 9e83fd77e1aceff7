import Testing

@testable import Measure

struct NegotiationCheckerTests {
    private static func fact(
        _ agent: Int, _ peer: Int, _ state: String, local: UInt64 = 0, remote: UInt64 = 0, offer: UInt64 = 0,
        answer: UInt64 = 0,
        candidates: Int = 0, hasLast: Bool = false
    ) -> HistoryEvent {
        HistoryEvent(
            t: 0, agent: agent, action: .peerState, outcome: .info,
            peer: PeerFact(
                peer: peer, state: state, local: local, remote: remote, offer: offer, answer: answer,
                candidates: candidates,
                hasLast: hasLast))
    }

    private static func complete(_ candidates: (Int, Int) = (2, 3)) -> [HistoryEvent] {
        [
            Self.fact(
                0, 1, "stable", local: 1, remote: 2, offer: 1, answer: 2, candidates: candidates.1, hasLast: true),
            Self.fact(
                1, 0, "stable", local: 2, remote: 1, offer: 1, answer: 2, candidates: candidates.0, hasLast: true),
        ]
    }

    private static func standing(_ events: [HistoryEvent]) -> NegotiationChecker.Class {
        NegotiationChecker.classify(0, 1, in: History(events), candidates: (2, 3))
    }

    @Test func `both ends have to hold the same, and every candidate`() {
        #expect(Self.standing(Self.complete()) == .complete)
        #expect(Self.standing(Self.complete((2, 2))) == .lostCandidates)
        #expect(Self.standing([]) == .silent)
        #expect(Self.standing([Self.complete()[0]]) == .halfOpen)
    }

    @Test func `both stable is not complete`() {
        var events = Self.complete()
        events[1].peer?.offer = 9
        #expect(Self.standing(events) == .falseStable)
        events = Self.complete()
        events[0].peer?.remote = 7
        #expect(Self.standing(events) == .falseStable)
    }

    @Test func `two offers without an answer are a deadlock, and an end that hung up is closed`() {
        let offers = [
            Self.fact(0, 1, "haveLocalOffer", local: 1, offer: 1),
            Self.fact(1, 0, "haveLocalOffer", local: 2, offer: 2),
        ]
        #expect(Self.standing(offers) == .deadlocked)
        #expect(Self.standing(Self.complete() + [Self.fact(1, 0, "closed")]) == .closed)
        #expect(Self.standing([offers[0], Self.complete()[1]]) == .halfOpen)
    }

    @Test func `live connections are counted at the end`() {
        let history = History([
            Self.fact(0, 1, "stable"), Self.fact(0, 2, "haveLocalOffer"), Self.fact(0, 1, "closed"),
            Self.fact(1, 2, "stable"),
        ])
        #expect(NegotiationChecker.degree(of: 0, in: history) == 1)
    }

    @Test func `a load run names the cases that it saw broken`() {
        let metrics = [
            "deliveries.lost": 4.0, "deliveries.duplicate": 0, "deliveries.stray": 1, "deliveries.reordered": 2,
            "deliveries.corrupted": 3,
        ]
        let failures = ["glare": 1, "candidateLost": 2, "peerGone": 9]
        let perfect = LoadConformance.violations(metrics: metrics, failures: failures, isPerfect: true)
        #expect(perfect.map(\.id) == ["DLV-01", "DLV-04", "ORD-01", "PAY-01", "ORD-03", "NEG-04"])
        #expect(perfect.map(\.count) == [4, 1, 2, 3, 2, 1])
        // The published client's deadlock is nothing that the backend did.
        let seed = LoadConformance.violations(metrics: [:], failures: ["glare": 7], isPerfect: false)
        #expect(seed.isEmpty)
    }

    @Test func `verdicts decide the exit code, and a baseline excuses`() {
        func backend(_ verdicts: [CaseVerdict], excused: Bool = false, xpass: [String] = []) -> Int32 {
            BackendConformance(
                backend: "x", url: "", declared: [:],
                cases: verdicts.map { CaseResult(id: "DLV-01", level: .must, verdict: $0, isExpectedFailure: excused) },
                unexpectedPasses: xpass
            ).exitCode
        }
        #expect(backend([.pass, .nonStrict, .info, .notApplicable, .notRun]) == 0)
        #expect(backend([.pass, .fail]) == 1)
        #expect(backend([.fail, .inconclusive]) == 2)
        #expect(backend([.fail, .blocked, .harnessError]) == 70)
        #expect(backend([.fail], excused: true) == 0)
        #expect(backend([.pass], xpass: ["DLV-01"]) == 1)
    }
}
