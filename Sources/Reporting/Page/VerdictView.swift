internal import Measure

/// The verdict strip: the word and the sentence that explains it.
struct VerdictView: Sendable {
    let word: String
    let style: String
    let sign: String
    let sentence: String

    init(_ document: ReportDocument) {
        let sign = Sign(document.result.verdict)
        self.word = sign.word.uppercased()
        self.style = sign.style
        self.sign = sign.sign
        self.sentence = Self.sentence(document)
    }

    /// Why the verdict is what it is.
    ///
    /// - Parameter document: The run.
    /// - Returns: One or two sentences.
    static func sentence(_ document: ReportDocument) -> String {
        let result = document.result
        let failed = result.gates.filter { $0.verdict == .fail }
        let unjudged = result.gates.filter { $0.verdict == .invalid }
        switch result.verdict {
        case .pass:
            let gates = result.gates.count == 1 ? "The gate holds" : "All \(result.gates.count) gates hold"
            return (result.gates.isEmpty ? "No gate was set" : gates) + ", and the instrument was fit."
        case .fail:
            let reasons = result.validity.reasons.joined(separator: "; ")
            guard !failed.isEmpty else { return "The run itself failed" + (reasons.isEmpty ? "." : ": \(reasons).") }
            let share = "\(failed.count) of \(result.gates.count) gates " + (failed.count == 1 ? "does" : "do")
            return "\(share) not hold: " + failed.map(\.gate.text).joined(separator: "; ") + "."
                + (reasons.isEmpty ? "" : " \(reasons).")
        case .invalid:
            let reasons = result.validity.reasons + unjudged.map { "\($0.gate.text): \($0.reason ?? "not measured")" }
            let why = reasons.isEmpty ? "" : ": " + Self.unique(reasons).joined(separator: "; ")
            return "These numbers must not be used" + why + "."
        case .interrupted:
            return "The run was stopped before its end. What follows is what had been measured until then."
        }
    }

    private static func unique(_ texts: [String]) -> [String] {
        texts.enumerated().filter { index, text in !texts[..<index].contains(text) }.map(\.element)
    }
}
