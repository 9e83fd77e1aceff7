/// One of the four headline numbers.
struct CardView: Sendable {
    let title: String
    let big: String
    let isAbsent: Bool
    let facts: [FactView]
    let note: String

    /// The card of one metric.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - metric: The metric whose value is printed large.
    ///   - suffix: What stands after the value, such as `p99`.
    ///   - facts: What stands below.
    ///   - note: Over how many samples, and what exactly is meant.
    ///   - document: The run.
    init(
        title: String,
        metric: String,
        suffix: String = "",
        facts: [FactView],
        note: String,
        of document: ReportDocument
    ) {
        self.title = title
        self.isAbsent = document.quantity(metric) == nil
        self.big = document.text(metric) + (self.isAbsent ? "" : suffix)
        self.facts = self.isAbsent ? [] : facts
        self.note = note
    }
}
