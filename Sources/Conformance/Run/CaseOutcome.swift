package import Measure

/// What a case found, before it is put in words for a report.
package struct CaseOutcome: Sendable {
    package var verdict: CaseVerdict
    package var expected: String
    package var actual: String
    package var evidence: [String: Int]
    package var counterexample: [HistoryEvent]
    /// The glare sweep of NEG-03, where it was measured.
    package var sweep: [GlarePoint]?

    package init(
        _ verdict: CaseVerdict, expected: String = "", actual: String = "", evidence: [String: Int] = [:],
        counterexample: [HistoryEvent] = []
    ) {
        self.verdict = verdict
        self.expected = expected
        self.actual = actual
        self.evidence = evidence
        self.counterexample = counterexample
    }

    static func notApplicable(_ why: String) -> CaseOutcome { CaseOutcome(.notApplicable, actual: why) }
}
