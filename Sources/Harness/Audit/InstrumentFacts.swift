import Measure

/// What a floor and an audit say, as circumstances of a run.
enum InstrumentFacts {
    /// The facts of what was measured; none without floor and audit.
    static func all(_ metrics: [String: Double]) -> [Validity.Fact] {
        var facts: [Validity.Fact] = []
        if metrics.keys.contains(where: { $0.hasPrefix("floor.") }) {
            let remarks = FloorReport.remarks(FloorReport.probes.map(\.path), in: metrics)
            facts.append(
                Validity.Fact(
                    name: "quantiles below three floors", value: Double(remarks.count), unit: "count",
                    explanation: remarks.isEmpty
                        ? "all are well above what this machine takes without a backend"
                        : remarks.joined(separator: "; ")))
        }
        if let messages = metrics["audit.messages"], let deliveries = metrics["audit.deliveries"] {
            let sent = (metrics["messages.sent"] ?? 0) - messages
            let received = (metrics["deliveries.total"] ?? 0) - deliveries
            facts.append(
                Validity.Fact(
                    name: "deliveries reported and not on the wire", value: received, unit: "count",
                    explanation:
                        "by the packets; of messages sent, \(Int(sent)); below zero what came when its receiver "
                        + "had left"))
        }
        return facts
    }
}
