internal import Measure

/// Negotiation: the funnel and the reasons of failure.
struct NegotiationView: Sendable {
    /// One reason with its count.
    struct Failure: Sendable {
        let name: String
        let count: String
        let meaning: String
    }

    let sentence: String
    let funnel: String?
    let failures: [Failure]
    let hasFailures: Bool
    let noFailures: String

    init(_ document: ReportDocument) {
        let report = document.result.negotiations
        let steps = report.funnel.map { step in
            let reasons = step.reasons.filter { $0.value > 0 }
                .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { (name: $0.key, count: Int($0.value)) }
            return FunnelChart.Step(name: step.name, count: Int(step.count), lost: Int(step.lost), reasons: reasons)
        }
        self.funnel = steps.isEmpty ? nil : FunnelChart(noun: "pairs", steps: steps).render().text
        let failed = report.failures.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        self.failures = failed.map { name, count in
            Failure(
                name: name,
                count: NumberText.significant(Double(count)),
                meaning: FailureReason(rawValue: name)?.meaning ?? ""
            )
        }
        self.hasFailures = !failed.isEmpty
        let expected = document.result.metrics["negotiation.expected"] ?? 0
        self.noFailures =
            expected > 0
            ? "None: all \(NumberText.significant(expected)) expected pairs became connectable."
            : "Not measured (no pair was expected to negotiate)."
        self.sentence = Self.sentence(document)
    }

    private static func sentence(_ document: ReportDocument) -> String {
        let metrics = document.result.metrics
        guard let expected = metrics["negotiation.expected"], let connectable = metrics["negotiation.connectable"]
        else {
            return "Not measured (\(document.absence(of: "negotiation.completion")))."
        }
        var text =
            "\(NumberText.significant(connectable)) of \(NumberText.significant(expected)) expected pairs became "
        text += "connectable: both ends stable on the same offer and answer, with the other's candidates applied."
        if let censored = metrics["negotiation.censored"], censored > 0 {
            text += " \(NumberText.significant(censored)) further pairs had too little time before a planned leave."
        }
        return text
    }
}
