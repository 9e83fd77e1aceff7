internal import Measure

/// The contract: what every backend is held to, case by case.
package struct ContractView: Sendable {
    /// One case.
    struct Row: Sendable {
        let name: String
        let requirement: String
        let word: String
        let style: String
        let sign: String
        let count: String
    }

    let rows: [Row]
    let hasRows: Bool
    /// What decided over pass and fail, in words.
    let basis: String
    /// One line for each case that did not go as the profile says, for terminals and lists.
    package let lines: [String]

    /// The contract of a run.
    package init(_ document: ReportDocument) {
        let cases = document.result.contract ?? []
        self.rows = cases.map { one in
            let (word, style, sign) = Self.words(one.verdict)
            return Row(
                name: one.case, requirement: one.requirement, word: word, style: style, sign: sign,
                count: one.verdict == .notJudged ? "–" : one.finding)
        }
        self.hasRows = !cases.isEmpty
        self.basis =
            cases.isEmpty
            ? "The contract that every backend is held to was not judged."
            : "Every run is held to these, and to its gates."
        self.lines = cases.compactMap(\.line)
    }

    private static func words(_ verdict: ContractCase.Outcome) -> (String, String, String) {
        switch verdict {
        case .holds: ("holds", "pass", "✓")
        case .broken: ("broken", "fail", "✕")
        case .brokenAsExpected: ("broken as expected", "soft", "–")
        case .unexpectedlyHolds: ("holds, expected to break", "invalid", "⚠")
        case .notJudged: ("not judged", "soft", "–")
        }
    }
}
