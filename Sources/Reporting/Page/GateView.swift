internal import Measure

/// One gate of the verdict strip.
struct GateView: Sendable {
    let text: String
    let word: String
    let style: String
    let sign: String
    let value: String
    let limit: String
    let margin: String
    let remark: String

    init(_ result: GateResult, of document: ReportDocument) {
        let sign = Sign(result.verdict)
        let unit = MetricUnit.of(result.gate.metric)
        self.text = result.gate.text
        self.word = sign.word
        self.style = sign.style
        self.sign = sign.sign
        self.value = result.value.map { Quantity($0, unit).text } ?? "not measured"
        self.limit = Quantity(result.gate.limit, unit).text
        self.margin = Self.margin(result, unit)
        self.remark = result.reason ?? Self.samples(result.gate.metric, document)
    }

    /// How far the measured value stays inside (+) or lies outside (−) the limit.
    private static func margin(_ result: GateResult, _ unit: Quantity.Unit) -> String {
        guard let margin = result.margin, margin.isFinite else { return "–" }
        let size = unit == .ratio ? NumberText.significant(abs(margin) * 100) + " pp" : Quantity(abs(margin), unit).text
        return margin == 0 ? "none" : (margin > 0 ? "+" : "−") + size
    }

    private static func samples(_ metric: String, _ document: ReportDocument) -> String {
        let base = metric.split(separator: ".").dropLast().joined(separator: ".")
        if let count = document.sampleCount(base) {
            return "over \(NumberText.significant(Double(count))) samples"
        }
        if metric.hasPrefix("negotiation."), let pairs = document.result.metrics["negotiation.expected"] {
            return "over \(NumberText.significant(pairs)) expected pairs"
        }
        if metric.hasPrefix("amplification."), let count = document.result.metrics["signaling.deliveries"] {
            return "over \(NumberText.significant(count)) deliveries"
        }
        if metric.hasPrefix("deliveries."), let count = document.result.metrics["deliveries.expected"] {
            return "of \(NumberText.significant(count)) expected deliveries"
        }
        return ""
    }
}
