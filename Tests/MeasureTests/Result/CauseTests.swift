import Measure
import Testing

struct CauseTests {
    private static func cause(_ text: String, at: Double = 1, agent: Int32 = 3) -> Cause {
        Cause(side: .backend, where: .join, code: "403", text: text, at: at, agent: agent)
    }

    @Test func `what a server sent cannot move the terminal's cursor`() {
        #expect(Cause.harmless("a\u{1B}[2Jb\r\n\u{202E}c") == "a\u{FFFD}[2Jb \u{FFFD}c")
        #expect(Cause.harmless(String(repeating: "x", count: 500)).count == Cause.textLimit + 1)
    }

    @Test func `equal causes are one, with their first, last and an agent, in any order of merging`() {
        let notes =
            [("full", 5.0, 7), ("full", 2.0, 4), ("bad", 9.0, 1), ("full", 3.0, 2)] as [(String, Double, Int32)]
        var (left, right) = (CauseLog(), CauseLog())
        for (index, note) in notes.enumerated() {
            let cause = Self.cause(note.0, at: note.1, agent: note.2)
            if index < 2 { left.note(cause) } else { right.note(cause) }
        }
        var (one, other) = (left, right)
        one.add(right)
        other.add(left)
        #expect(one == other)
        let first = one.most(1)[0]
        #expect(first.text == "full" && first.count == 3 && first.first == 2 && first.last == 5 && first.agent == 4)
    }

    @Test func `names of sessions in what a server said make no causes of their own`() {
        var log = CauseLog()
        for (name, agent) in [("F8GqoXiTYcJrCA-FAAAO", 9), ("gqhq_qG-rjhoKMJrAAAM", 2)] as [(String, Int32)] {
            log.note(Self.cause("Invalid session \(name)", at: Double(agent), agent: agent))
        }
        #expect(log.sorted.map(\.text) == ["Invalid session gqhq_qG-rjhoKMJrAAAM"] && log.sorted[0].count == 2)
        for text in ["not acceptable here", "not acceptable there"] { log.note(Self.cause(text)) }
        #expect(log.sorted.count == 3)
    }

    @Test func `a server that says something else each time fills no memory`() {
        var log = CauseLog()
        for n in 0..<1_000 { log.note(Self.cause("error \(n)")) }
        #expect(log.sorted.count == CauseLog.limit && log.dropped == 800 && log.most().count == 10)
    }
}

struct ContractTests {
    private static let clean: [String: Double] = [
        "deliveries.lost": 0, "deliveries.duplicate": 0, "deliveries.reordered": 0, "deliveries.corrupted": 0,
        "deliveries.stray": 0, "deliveries.expected": 9, "deliveries.total": 9, "agents.requested": 4,
        "agents.connected": 4, "negotiation.expected": 6, "negotiation.negotiated": 6,
    ]

    private static func judge(
        _ metric: String? = nil, _ value: Double = 0, failures: [String: Int] = [:],
        terms: ContractJudge.Terms = .init()
    ) -> [ContractCase] {
        var metrics = Self.clean
        if let metric { metrics[metric] = value }
        return ContractJudge(metrics: metrics, failures: failures, terms: terms).judge()
    }

    @Test func `without a delivery nothing about deliveries is said`() {
        let idle = ["deliveries.expected": 0.0, "deliveries.total": 0, "negotiation.expected": 0]
        let metrics = Self.clean.merging(idle) { $1 }
        let cases = ContractJudge(metrics: metrics, failures: [:], terms: .init()).judge()
        #expect(cases.filter { $0.verdict != .notJudged }.map(\.case) == ["AGENTS"])
    }

    @Test func `where nobody negotiated, only that is said of negotiations`() {
        let cases = Self.judge("negotiation.negotiated", 0, failures: ["noResponse": 6])
        let judged = cases.filter { $0.case.hasPrefix("NEG") || $0.case == "ORD-03" }
        #expect(judged.filter { $0.verdict != .notJudged }.map(\.case) == ["NEG-02"])
        #expect(judged.first { $0.case == "NEG-02" }?.verdict == .broken)
    }

    @Test func `a clean run holds every case`() {
        let cases = Self.judge()
        #expect(cases.allSatisfy { $0.verdict == .holds })
        #expect(ContractJudge.verdict(of: cases) == .pass)
    }

    @Test(arguments: [
        ("deliveries.lost", "DLV-01"), ("deliveries.duplicate", "DLV-03"), ("deliveries.reordered", "ORD-01"),
        ("deliveries.corrupted", "PAY-01"), ("deliveries.stray", "ROOM-01"), ("agents.requested", "AGENTS"),
        ("sessions.unheard", "AGENTS"),
    ])
    func `each count breaks its case and no other`(metric: String, id: String) {
        let cases = Self.judge(metric, 9)
        #expect(cases.filter { $0.verdict == .broken }.map(\.case) == [id])
        #expect(ContractJudge.verdict(of: cases) == .fail)
        let expected = Self.judge(metric, 9, terms: .init(expect: [id]))
        #expect(expected.first { $0.case == id }?.verdict == .brokenAsExpected)
        #expect(ContractJudge.verdict(of: expected) == .pass)
        #expect(Self.judge(terms: .init(expect: [id])).first { $0.case == id }?.verdict == .unexpectedlyHolds)
    }

    @Test func `dead pairs fail a run whose strategy can connect them, and duplicates none that may`() {
        let failures = ["answerTimeout": 3, "refusedMax": 2]
        #expect(Self.judge(failures: failures).first { $0.case == "NEG-02" }?.count == 3)
        let terms = ContractJudge.Terms(mayDuplicate: true, mustConnect: false)
        let cases = Self.judge("deliveries.duplicate", 5, failures: failures, terms: terms)
        #expect(ContractJudge.verdict(of: cases) == .pass)
        #expect(cases.first { $0.case == "DLV-03" }?.verdict == .notJudged)
    }
}
