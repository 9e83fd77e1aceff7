import Measure

/// A reason why something failed, as texts.
struct CauseView: Sendable {
    let count: String
    let place: String
    let text: String
    let side: String
    let time: String
    /// One that it happened to; a dash when it was none.
    let agent: String

    init(_ cause: Cause) {
        self.count = NumberText.significant(Double(cause.count))
        self.place = cause.where.rawValue + (cause.code.isEmpty ? "" : " \(cause.code)")
        self.text = cause.text
        self.side = cause.side.rawValue
        let first = "\(NumberText.fixed(cause.first, decimals: 1)) s"
        self.time = cause.count == 1 ? first : "\(first) to \(NumberText.fixed(cause.last, decimals: 1)) s"
        self.agent = cause.agent < 0 ? "–" : "\(cause.agent)"
    }
}
