/// What one case found at one backend.
package struct CaseResult: Codable, Equatable, Sendable {
    package var id: String
    package var level: CaseLevel
    package var verdict: CaseVerdict
    /// The capabilities that it was judged against, each as `key=value`.
    package var required: [String]
    package var expected: String
    package var actual: String
    /// What the verdict rests on: name to count.
    package var evidence: [String: Int]
    /// At most ``History/counterexampleLimit`` events that show the failure; empty without one.
    package var counterexample: [HistoryEvent]
    /// The glare sweep of NEG-03, where it was measured.
    package var sweep: [GlarePoint]?
    /// How the case differs from its full form, such as its size.
    package var size: String
    /// Milliseconds that it took.
    package var ms: Int
    /// Whether the baseline lists it as an expected failure.
    package var isExpectedFailure: Bool

    package init(
        id: String, level: CaseLevel, verdict: CaseVerdict, required: [String] = [], expected: String = "",
        actual: String = "", evidence: [String: Int] = [:], counterexample: [HistoryEvent] = [], size: String = "",
        ms: Int = 0, isExpectedFailure: Bool = false
    ) {
        self.id = id
        self.level = level
        self.verdict = verdict
        self.required = required
        self.expected = expected
        self.actual = actual
        self.evidence = evidence
        self.counterexample = Array(counterexample.prefix(History.counterexampleLimit))
        self.size = size
        self.ms = ms
        self.isExpectedFailure = isExpectedFailure
    }

    /// Whether it did not pass, and the baseline says that it does not.
    package var isExcused: Bool { self.isExpectedFailure && self.verdict != .harnessError }
}
