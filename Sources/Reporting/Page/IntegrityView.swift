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
