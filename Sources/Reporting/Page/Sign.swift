internal import Measure

/// How a verdict is shown: a word, a style and a sign that does not rest on colour.
struct Sign: Sendable {
    /// The word.
    let word: String
    /// The style sheet's class.
    let style: String
    /// A sign beside the word.
    let sign: String

    /// The sign of a verdict.
    init(_ verdict: Verdict) {
        self.style = verdict.rawValue
        self.word = verdict.rawValue
        self.sign =
            switch verdict {
            case .pass: "✓"
            case .fail: "✕"
            case .invalid: "⚠"
            case .interrupted: "■"
            }
    }

    /// The sign of something that holds, does not hold, or was not measured.
    init(holds: Bool?) {
        switch holds {
        case true?: (self.word, self.style, self.sign) = ("holds", "pass", "✓")
        case false?: (self.word, self.style, self.sign) = ("broken", "fail", "✕")
        case nil: (self.word, self.style, self.sign) = ("not measured", "soft", "–")
        }
    }
}
