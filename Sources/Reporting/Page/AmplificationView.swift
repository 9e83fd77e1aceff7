internal import Measure

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
