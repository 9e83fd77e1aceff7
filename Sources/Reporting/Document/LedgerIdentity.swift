internal import Measure

/// A sum that the delivery ledger must satisfy exactly in every run.
package struct LedgerIdentity: Sendable {
    /// A short name for machines.
    package var name: String
    /// The equation in words and numbers.
    package var text: String
    /// Whether it holds; nil when a part of it was not measured.
    package var holds: Bool?

    /// The identities of a run.
    ///
    /// - Parameter document: The run.
    /// - Returns: The receipts by class, the receipts against the expectation, the kinds of message.
    package static func all(of document: ReportDocument) -> [LedgerIdentity] {
        [
            Self.check(
                "receipts by class", document, total: "deliveries.total",
                plus: [
                    "deliveries.useful", "deliveries.overheard", "deliveries.echo", "deliveries.duplicate",
                    "deliveries.stray",
                ]
            ),
            Self.check(
                "receipts against expectation", document, total: "deliveries.total",
                plus: ["deliveries.expected", "deliveries.grey", "deliveries.duplicate", "deliveries.stray"],
                minus: ["deliveries.lost"]
                    // Results of schema version 1 do not have these, and count neither among the expected.
                    + ["deliveries.unsent", "deliveries.excused"].filter { document.result.metrics[$0] != nil }
            ),
            Self.check(
                "receipts by kind", document, total: "deliveries.total",
                plus: ["signaling.deliveries", "chatter.deliveries"]
            ),
        ]
    }

    private static func check(
        _ name: String,
        _ document: ReportDocument,
        total: String,
        plus: [String],
        minus: [String] = []
    ) -> LedgerIdentity {
        let metrics = document.result.metrics
        let terms = plus.map { ($0, 1.0) } + minus.map { ($0, -1.0) }
        let missing = ([total] + terms.map(\.0)).filter { metrics[$0] == nil }
        guard missing.isEmpty, let left = metrics[total] else {
            return LedgerIdentity(
                name: name, text: "not measured (\(missing.joined(separator: ", ")) absent)", holds: nil)
        }
        let right = terms.reduce(0.0) { $0 + (metrics[$1.0] ?? 0) * $1.1 }
        let words = terms.enumerated().map { index, term in
            let sign = term.1 < 0 ? " − " : (index == 0 ? "" : " + ")
            let value = NumberText.significant(metrics[term.0] ?? 0)
            return "\(sign)\(value) \(term.0.split(separator: ".").first == "deliveries" ? Self.last(term.0) : term.0)"
        }
        let text = "\(NumberText.significant(left)) \(Self.last(total)) = \(words.joined())"
        let difference = left - right
        let remark = difference == 0 ? "" : " (off by \(NumberText.significant(difference)))"
        return LedgerIdentity(name: name, text: text + remark, holds: difference == 0)
    }

    private static func last(_ path: String) -> String {
        path.split(separator: ".").last.map(String.init) ?? path
    }
}
