internal import Measure

/// One stretch of lost connections, as the page shows it.
struct OutageView: Sendable {
    let start: String
    let recovery: String
    let agents: String
    let lost: String
    let unsent: String
    let reasons: String

    init(_ outage: Outage) {
        self.start = "\(NumberText.significant(outage.start)) s"
        self.recovery =
            outage.duration.map { "\(NumberText.significant($0)) s" } ?? "not over when the run ended"
        self.agents =
            "\(NumberText.significant(Double(outage.agents))) lost, "
            + "\(NumberText.significant(Double(outage.recovered))) came back"
        self.lost = NumberText.significant(Double(outage.lost))
        self.unsent = NumberText.significant(Double(outage.unsent))
        self.reasons = (outage.reasons ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.key) (\(NumberText.significant(Double($0.value))))" }.joined(separator: "; ")
    }
}
