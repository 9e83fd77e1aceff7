internal import Measure

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

extension CardView {
    /// The four headline numbers of a run.
    ///
    /// - Parameter document: The run.
    /// - Returns: Completion, time to negotiated, fan-out, amplification.
    static func headline(_ document: ReportDocument) -> [CardView] {
        [
            Self.completion(document), Self.negotiationTime(document), Self.fanout(document),
            Self.amplification(document),
        ]
    }

    private static func completion(_ document: ReportDocument) -> CardView {
        let facts = ["expected", "negotiated", "connectable"].map { name in
            FactView("pairs \(name)", document.shortText("negotiation.\(name)"))
        }
        let rooms = "\(document.shortText("rooms.complete")) of \(document.shortText("rooms.count"))"
        return CardView(
            title: "Negotiation completion",
            metric: "negotiation.completion",
            facts: facts + [FactView("rooms complete", rooms)],
            note: "Pairs that can connect ÷ pairs that were expected to.",
            of: document
        )
    }

    private static func negotiationTime(_ document: ReportDocument) -> CardView {
        CardView(
            title: "Time to negotiated",
            metric: "negotiation.time.p50",
            suffix: " p50",
            facts: [
                FactView("p90", document.shortText("negotiation.time.p90")),
                FactView("p99", document.shortText("negotiation.time.p99")),
                FactView("longest", document.shortText("negotiation.time.max")),
                FactView("of which planned, p50", document.shortText("negotiation.planned.p50")),
            ],
            note: Self.over(document, "negotiation.time", "pairs") + "from the first planned call to connectable.",
            of: document
        )
    }

    private static func fanout(_ document: ReportDocument) -> CardView {
        let fanout = document.fanout
        return CardView(
            title: fanout.isOfSignaling ? "Fan-out latency of signaling" : "Fan-out latency",
            metric: "\(fanout.latency).p99",
            suffix: " p99",
            facts: [
                FactView("p50", document.shortText("\(fanout.latency).p50")),
                FactView("last receiver, p50", document.shortText("\(fanout.last).p50")),
                FactView("last receiver, p99", document.shortText("\(fanout.last).p99")),
                FactView("from actual send, p99", document.shortText("fanout.uncorrected.p99")),
            ],
            note: Self.over(document, fanout.latency, "receipts") + "from the intended send time.",
            of: document
        )
    }

    private static func amplification(_ document: ReportDocument) -> CardView {
        let law =
            document.result.prediction.map { " Predicted by: \($0.exact ? "the closed form, exact" : $0.law)." } ?? ""
        return CardView(
            title: "Amplification",
            metric: "amplification.messages",
            facts: [
                FactView("predicted", document.shortText("amplification.predicted")),
                FactView("without own echoes", document.shortText("amplification.remote")),
                FactView("in bytes", document.shortText("amplification.bytes")),
            ],
            note: "Deliveries ÷ useful deliveries of signaling messages, over "
                + document.shortText("signaling.deliveries") + " deliveries." + law,
            of: document
        )
    }

    private static func over(_ document: ReportDocument, _ distribution: String, _ noun: String) -> String {
        guard let count = document.sampleCount(distribution), count > 0 else { return "Over no samples; " }
        return "Over \(NumberText.significant(Double(count))) \(noun), "
    }
}

/// One row of the table of all metrics.
struct MetricView: Sendable {
    let name: String
    let value: String
    let meaning: String

    /// All metrics of a run in the order of their paths.
    ///
    /// - Parameter document: The run.
    /// - Returns: One row each.
    static func all(_ document: ReportDocument) -> [MetricView] {
        document.result.metrics.keys.sorted().map { path in
            MetricView(name: path, value: document.shortText(path), meaning: MetricCatalogue.find(path)?.summary ?? "")
        }
    }
}

/// A name and a value of the page.
struct FactView: Sendable {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
