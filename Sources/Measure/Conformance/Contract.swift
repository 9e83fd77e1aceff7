/// One case of the load catalogue as a run is judged by it without any gate: `contract[]` of the report.
package struct ContractCase: Codable, Equatable, Sendable {
    /// How it stands.
    package enum Outcome: String, Codable, CaseIterable, Sendable {
        /// The requirement held, and was not expected to break.
        case holds
        /// It was broken, and the profile did not expect that.
        case broken
        /// It was broken as the profile's `expect` says.
        case brokenAsExpected
        /// The profile's `expect` lists it, and it held.
        case unexpectedlyHolds
        /// The run had nothing to judge it by.
        case notJudged
    }

    /// The case of the catalogue, or `AGENTS`.
    package var `case`: String
    package var verdict: Outcome
    /// Whether the profile's `expect` lists it.
    package var expected: Bool
    /// Deliveries, pairs or agents that broke it.
    package var count: Int

    package init(_ id: String, verdict: Outcome, expected: Bool, count: Int) {
        self.case = id
        self.verdict = verdict
        self.expected = expected
        self.count = count
    }
}

/// Judges a run by what no backend may do, whatever its gates.
package struct ContractJudge: Sendable {
    /// What the plan and the backend allow.
    package struct Terms: Sendable {
        /// Cases that the profile expects to break.
        package var expect: Set<String>
        /// Whether the backend declares that it may deliver more than once.
        package var mayDuplicate: Bool
        /// Whether the backend declares that nothing orders a sender's messages.
        package var mayReorder: Bool
        /// Whether every expected pair can become connectable: perfect negotiation, or a plan without glare.
        package var mustConnect: Bool

        package init(
            expect: Set<String> = [], mayDuplicate: Bool = false, mayReorder: Bool = false, mustConnect: Bool = true
        ) {
            self.expect = expect
            self.mayDuplicate = mayDuplicate
            self.mayReorder = mayReorder
            self.mustConnect = mustConnect
        }
    }

    private let metrics: [String: Double]
    private let failures: [String: Int]
    private let terms: Terms

    /// The cases that are judged, in the order of the report.
    package static let cases = [
        "DLV-01", "DLV-03", "ORD-01", "PAY-01", "ROOM-01", "NEG-01", "NEG-02", "NEG-04", "ORD-03", "AGENTS",
    ]

    /// - Parameters:
    ///   - metrics: The run's, by path.
    ///   - failures: Expected pairs that did not become connectable, by reason.
    ///   - terms: What the plan and the backend allow.
    package init(metrics: [String: Double], failures: [String: Int], terms: Terms) {
        self.metrics = metrics
        self.failures = failures
        self.terms = terms
    }

    /// Every case with its verdict.
    package func judge() -> [ContractCase] {
        Self.cases.map { id in
            let expected = self.terms.expect.contains(id)
            guard let count = self.count(id) else {
                return ContractCase(id, verdict: .notJudged, expected: expected, count: 0)
            }
            let verdict: ContractCase.Outcome =
                count > 0 ? (expected ? .brokenAsExpected : .broken) : (expected ? .unexpectedlyHolds : .holds)
            return ContractCase(id, verdict: verdict, expected: expected, count: count)
        }
    }

    /// The run's verdict by them: a broken case fails, one that holds although it was expected to break does not.
    package static func verdict(of cases: [ContractCase]) -> Verdict {
        cases.contains { $0.verdict == .broken } ? .fail : .pass
    }

    /// How often a case was broken; nil when the run has nothing to judge it by.
    private func count(_ id: String) -> Int? {
        switch id {
        // What could not happen did not hold either: without anything owed, or received, there is no evidence.
        case "DLV-01": return self.metric("deliveries.lost", ofAny: "deliveries.expected")
        case "DLV-03":
            return self.terms.mayDuplicate ? nil : self.metric("deliveries.duplicate", ofAny: "deliveries.total")
        case "ORD-01":
            return self.terms.mayReorder ? nil : self.metric("deliveries.reordered", ofAny: "deliveries.total")
        case "PAY-01": return self.metric("deliveries.corrupted", ofAny: "deliveries.total")
        case "ROOM-01": return self.metric("deliveries.stray", ofAny: "deliveries.total")
        case "AGENTS":
            guard let asked = self.metric("agents.requested"), let got = self.metric("agents.connected") else {
                return nil
            }
            // Of an agent that came in once, a later session may have been turned away, or ignored.
            let missing = (self.metric("sessions.refused") ?? 0) + (self.metric("sessions.unheard") ?? 0)
            return max(0, asked - got, missing)
        default: return self.pairs(id)
        }
    }

    private func metric(_ path: String) -> Int? { self.metrics[path].map { Int($0) } }

    private func metric(_ path: String, ofAny whole: String) -> Int? {
        (self.metric(whole) ?? 0) > 0 ? self.metric(path) : nil
    }

    private func pairs(_ id: String) -> Int? {
        guard self.terms.mustConnect, let expected = self.metric("negotiation.expected"), expected > 0 else {
            return nil
        }
        let broken = self.failures.reduce(0) { $0 + (Self.caseID(of: $1.key) == id ? $1.value : 0) }
        // How a negotiation goes is shown by pairs that negotiated; that none did is for NEG-02 to say.
        if broken == 0, id != "NEG-02", (self.metric("negotiation.negotiated") ?? 0) == 0 { return nil }
        return broken
    }

    /// The case that a pair breaks by how it failed; a refusal by the called side's own maximum breaks none, and
    /// neither does a pair whose other member is gone.
    private static func caseID(of reason: String) -> String? {
        switch FailureReason(rawValue: reason) {
        case .falseStable: "NEG-01"
        case .noResponse, .offerTimeout, .answerTimeout, .backendRefused: "NEG-02"
        case .glare: "NEG-04"
        case .candidateLost: "ORD-03"
        case .altered: "PAY-01"
        case .refusedMax, .peerGone, nil: nil
        }
    }
}

extension ContractCase {
    /// What the case requires, in a few words.
    package var requirement: String {
        switch self.case {
        case "DLV-01": "everything that was owed arrives"
        case "DLV-03": "nothing arrives more often than declared"
        case "ORD-01": "messages of one sender arrive in the order sent"
        case "PAY-01": "payloads arrive unaltered"
        case "ROOM-01": "nothing reaches anybody outside its room"
        case "NEG-01": "pairs that look stable hold the same offer and answer"
        case "NEG-02": "every expected pair becomes connectable"
        case "NEG-04": "calls that cross are resolved"
        case "ORD-03": "candidates reach their pair after its descriptions"
        case "AGENTS": "every agent gets in, each time it comes"
        default: ""
        }
    }

    /// What was counted, with its noun.
    package var finding: String {
        let noun =
            switch self.case {
            case "DLV-01": "deliveries lost"
            case "DLV-03": "deliveries duplicated"
            case "ORD-01": "deliveries reordered"
            case "PAY-01": "deliveries altered"
            case "ROOM-01": "deliveries to somebody who could not be a member"
            case "NEG-01": "pairs stable on different descriptions"
            case "NEG-02": "pairs without a completed negotiation"
            case "NEG-04": "pairs stuck in glare"
            case "ORD-03": "pairs whose candidates were lost"
            case "AGENTS": "agents or sessions missing"
            default: "cases"
            }
        return "\(self.count) \(noun)"
    }

    /// One line for people where it did not go as the profile says; nil where it did.
    package var line: String? {
        switch self.verdict {
        case .broken: "breaks \(self.case) (\(self.requirement)): \(self.finding)"
        case .brokenAsExpected: "breaks \(self.case), as the profile expects: \(self.finding)"
        case .unexpectedlyHolds: "\(self.case) holds, although the profile expects it to break; take it off the list"
        case .holds, .notJudged: nil
        }
    }
}
