internal import Measure

/// The validity strip: was the instrument fit, and why not.
struct ValidityView: Sendable {
    /// One check of the instrument.
    struct Check: Sendable {
        let name: String
        let word: String
        let style: String
        let sign: String
        let value: String
        let limit: String
        let explanation: String
    }

    let word: String
    let style: String
    let reasons: [String]
    let hasReasons: Bool
    let checks: [Check]
    let hasChecks: Bool

    init(_ validity: Validity) {
        self.word =
            validity.fit
            ? "Fit: the generator did not limit what was measured." : "Not fit: the numbers below must not be used."
        self.style = validity.fit ? "pass" : "invalid"
        self.reasons = validity.reasons
        self.hasReasons = !validity.reasons.isEmpty
        self.checks = validity.checks.map { check in
            Check(
                name: check.name,
                word: check.fit ? (check.value == nil ? "not checked" : "fit") : "not fit",
                style: check.fit ? (check.value == nil ? "soft" : "pass") : "invalid",
                sign: check.fit ? (check.value == nil ? "–" : "✓") : "⚠",
                value: Self.text(check.value, check.unit),
                limit: Self.text(check.limit, check.unit),
                explanation: check.explanation
            )
        }
        self.hasChecks = !validity.checks.isEmpty
    }

    /// A check's number in the unit that it names itself.
    static func text(_ value: Double?, _ unit: String) -> String {
        guard let value else { return "not measured" }
        switch unit {
        case "ms", "milliseconds": return Quantity(value, .milliseconds).text
        case "ratio", "share": return Quantity(value, .ratio).text
        case "bytes", "B": return Quantity(value, .bytes).text
        case "cores": return Quantity(value, .cores).text
        case "", "count": return Quantity(value, .count).text
        default: return NumberText.significant(value) + " " + unit
        }
    }
}
