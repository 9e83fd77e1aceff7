internal import Measure

/// Delivery integrity: the receipts by class and what went wrong, with the sums that must hold.
struct IntegrityView: Sendable {
    /// One count; one that should be 0 and is not stands out.
    struct Row: Sendable {
        let name: String
        let value: String
        let style: String
    }

    /// One sum.
    struct Identity: Sendable {
        let text: String
        let word: String
        let style: String
        let sign: String
    }

    private(set) var rows: [Row]
    let identities: [Identity]

    init(_ document: ReportDocument) {
        self.rows = Self.names.map { key, name, isFault in
            let value = document.result.metrics[key]
            return Row(
                name: name,
                value: value.map { NumberText.significant($0) } ?? "not measured",
                style: isFault && (value ?? 0) > 0 ? "fail" : ""
            )
        }
        let broken = document.result.conformance ?? []
        self.rows += broken.map {
            Row(name: "breaks \($0.id) of the conformance catalogue", value: $0.text, style: "fail")
        }
        self.identities = LedgerIdentity.all(of: document).map { identity in
            let sign = Sign(holds: identity.holds)
            return Identity(text: identity.text, word: sign.word, style: sign.style, sign: sign.sign)
        }
    }

    private static let names: [(key: String, name: String, isFault: Bool)] = [
        ("deliveries.expected", "expected (required deliveries)", false),
        ("deliveries.total", "received, all classes", false),
        ("deliveries.useful", "useful", false),
        ("deliveries.overheard", "overheard (for somebody else)", false),
        ("deliveries.echo", "own echo", false),
        ("deliveries.grey", "grey (allowed, not required)", false),
        ("deliveries.lost", "lost", true),
        ("deliveries.duplicate", "duplicate", true),
        ("deliveries.stray", "stray (to somebody who could not be a member)", true),
        ("deliveries.reordered", "reordered", true),
        ("deliveries.corrupted", "corrupted", true),
        ("deliveries.verified", "digests verified", false),
        ("deliveries.foreign", "foreign (not of this run)", false),
        ("messages.sent", "messages sent", false),
        ("messages.unsent", "messages never sent", true),
        ("messages.late", "messages sent late", false),
    ]
}

/// Amplification by cause, in messages and bytes, beside its prediction.
struct AmplificationView: Sendable {
    /// The causes in the order of the bars: the class, and what it is called.
    static let causes: [(key: String, name: String)] = [
        ("useful", "useful"), ("overheard", "for somebody else"), ("echo", "own echo"), ("duplicate", "duplicate"),
        ("stray", "stray"),
    ]

    let sentence: String
    let messages: String?
    let bytes: String?

    init(_ document: ReportDocument) {
        self.sentence = Self.sentence(document)
        let rows = Self.messageRows(document)
        self.messages = rows.isEmpty ? nil : StackedBar(unit: .count, rows: rows).render().text
        let byteRows = Self.byteRows(document)
        self.bytes = byteRows.isEmpty ? nil : StackedBar(unit: .bytes, rows: byteRows).render().text
    }

    /// The bars in messages: signaling as measured, as predicted, and everything with chatter.
    private static func messageRows(_ document: ReportDocument) -> [StackedBar.Row] {
        var rows: [StackedBar.Row] = []
        if let row = Self.row(document, "signaling", total: "signaling.deliveries", label: "Signaling, measured") {
            rows.append(row)
        }
        if let law = document.result.prediction {
            let rest = Double(law.deliveries) - Double(law.useful)
            let note = Quantity(Double(law.amplification), .factor).text + (law.exact ? ", exact" : ", \(law.law)")
            rows.append(
                StackedBar.Row(
                    label: "Signaling, predicted",
                    note: note,
                    parts: [
                        StackedBar.Part(name: "useful", value: Double(law.useful), style: "useful"),
                        StackedBar.Part(name: "not useful", value: max(0, rest), style: "rest"),
                    ]
                ))
        }
        if let row = Self.row(document, "deliveries", total: "deliveries.total", label: "With chatter, measured") {
            rows.append(row)
        }
        return rows
    }

    private static func byteRows(_ document: ReportDocument) -> [StackedBar.Row] {
        guard let row = Self.row(document, "bytes", total: "bytes.delivered", label: "With chatter, measured") else {
            return []
        }
        return [row]
    }

    /// A bar by cause; what is not split further is shown as one part.
    static func row(_ document: ReportDocument, _ prefix: String, total: String, label: String) -> StackedBar.Row? {
        let metrics = document.result.metrics
        guard let sum = metrics[total], sum > 0, let useful = metrics["\(prefix).useful"] else { return nil }
        var parts = Self.causes.compactMap { cause in
            metrics["\(prefix).\(cause.key)"].map {
                StackedBar.Part(name: cause.name, value: $0, style: cause.key)
            }
        }
        let rest = sum - parts.reduce(0) { $0 + $1.value }
        if rest > 0 {
            let isSplit = parts.count > 1
            parts.append(
                StackedBar.Part(name: isSplit ? "duplicate or stray" : "not useful", value: rest, style: "rest"))
        }
        let factor = useful > 0 ? Quantity(sum / useful, .factor).text : "nothing useful"
        return StackedBar.Row(label: label, note: factor, parts: parts)
    }

    private static func sentence(_ document: ReportDocument) -> String {
        guard let measured = document.quantity("amplification.messages") else {
            return "Not measured (\(document.absence(of: "amplification.messages")))."
        }
        var text = "For each signaling message that somebody could use, \(measured.text.dropLast()) were delivered"
        guard let predicted = document.quantity("amplification.predicted") else {
            return text + "; predicted: not measured (\(document.absence(of: "amplification.predicted")))."
        }
        let isExact = document.result.prediction?.exact ?? false
        text += "; the closed form of \(isExact ? "this plan, exact" : "a clean mesh, for orientation"), gives "
        return text + "\(predicted.text.dropLast())."
    }
}

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
