import Measure

extension CaseRig {
    /// What every verdict over deliveries rests on.
    var evidence: [String: Int] {
        let history = self.history
        return [
            "messages": history.count(.push, .ok), "deliveries": history.count(.recv, .ok),
            "owed": DeliveryChecker(rule: self.board.rule).owed(in: history),
            "receivers": Set(history.events.filter { $0.action == .recv }.map(\.agent)).count,
        ]
    }

    /// Judges the history by the delivery checker, and by the order of each sender where asked.
    ///
    /// - Parameters:
    ///   - anomalies: what the case looks for; anything else is other cases' business.
    ///   - expected: the requirement, for the report.
    ///   - isFirm: whether a finding fails the case; otherwise it is `nonStrict`.
    /// - Returns: the outcome, with the first finding's events.
    func judge(
        _ anomalies: Set<Anomaly>, expected: String, isFirm: Bool = true
    ) -> CaseOutcome {
        var findings = DeliveryChecker(rule: self.board.rule).findings(in: self.history)
        if anomalies.contains(.reordered) {
            findings += OrderChecker.fifo(in: self.history, splitsDirected: self.board.rule.splitsStreams)
        }
        return self.judge(findings.filter { anomalies.contains($0.anomaly) }, expected: expected, isFirm: isFirm)
    }

    /// Turns findings into an outcome; without any it is a pass if there is evidence.
    func judge(_ findings: [Finding], expected: String, isFirm: Bool = true) -> CaseOutcome {
        let evidence = self.evidence
        guard let first = findings.first else {
            guard evidence["owed"] ?? 0 > 0, evidence["deliveries"] ?? 0 > 0 else {
                return CaseOutcome(
                    .inconclusive, expected: expected, actual: "nobody was owed anything, or nobody got anything",
                    evidence: evidence)
            }
            return CaseOutcome(
                .pass, expected: expected, actual: "held over \(evidence["deliveries"] ?? 0) deliveries",
                evidence: evidence)
        }
        let counts = findings.reduce(into: [String: Int]()) { $0[$1.anomaly.rawValue, default: 0] += 1 }
        let summary = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return CaseOutcome(
            isFirm ? .fail : .nonStrict, expected: expected, actual: "\(summary); \(self.words(first))",
            evidence: evidence.merging(counts) { $1 }, counterexample: self.excerpt(first))
    }

    /// A finding in words.
    func words(_ finding: Finding) -> String {
        let message = finding.message.map { "message \($0.n) of agent \($0.from)" } ?? "a message"
        return "\(finding.anomaly.rawValue): \(message) at agent \(finding.agent): \(finding.text)"
    }

    /// The events that show a finding.
    func excerpt(_ finding: Finding) -> [HistoryEvent] {
        guard let message = finding.message else {
            return Array(self.history.events.filter { $0.agent == finding.agent }.suffix(History.counterexampleLimit))
        }
        return self.history.excerpt(messages: [message], agents: [finding.agent, message.from])
    }

    /// The first outcome that is no pass, else the last.
    func worst(_ outcomes: [CaseOutcome]) -> CaseOutcome {
        let order: [CaseVerdict] = [.fail, .inconclusive, .nonStrict, .info]
        for verdict in order {
            if let found = outcomes.first(where: { $0.verdict == verdict }) { return found }
        }
        return outcomes.last ?? CaseOutcome(.inconclusive, actual: "nothing was tried")
    }

    /// A pass or a failure by one condition.
    func check(
        _ holds: Bool, expected: String, actual: String, evidence: [String: Int] = [:],
        counterexample: [HistoryEvent]? = nil
    ) -> CaseOutcome {
        CaseOutcome(
            holds ? .pass : .fail, expected: expected, actual: actual, evidence: evidence,
            counterexample: holds
                ? [] : counterexample ?? Array(self.history.events.suffix(History.counterexampleLimit)))
    }
}
