/// A mistake in the text of a gate.
///
/// Two errors are equal when their codes are; the texts are for people.
package struct GateError: Error, Sendable {
    /// What is wrong.
    package enum Code: String, CaseIterable, Sendable {
        /// No metric, no comparison, or no limit.
        case incomplete
        /// The comparison is none of the six.
        case unknownComparison
        /// The limit is no number.
        case badNumber
        /// The unit is unknown.
        case unknownUnit
        /// The unit is not one of this metric's.
        case wrongUnit
        /// A ratio is limited by a number that no ratio can reach.
        case beyondRatio
        /// No metric has this path.
        case unknownMetric
    }

    package var code: Code
    /// The gate as it was written.
    package var text: String
    /// What is wrong with it, in one sentence.
    package var message: String
    /// What was probably meant.
    package var suggestion: String?

    package init(_ code: Code, in text: String, _ message: String, suggestion: String? = nil) {
        self.code = code
        self.text = text
        self.message = message
        self.suggestion = suggestion
    }
}

extension GateError: Equatable {
    package static func == (left: GateError, right: GateError) -> Bool { left.code == right.code }
}

extension GateError: CustomStringConvertible {
    /// One line with the gate, the mistake and the suggestion.
    package var description: String {
        let hint = self.suggestion.map { " (did you mean '\($0)'?)" } ?? ""
        return "gate '\(self.text)': \(self.message)\(hint)"
    }
}
