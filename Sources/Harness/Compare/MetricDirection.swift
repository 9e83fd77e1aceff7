/// Which way a metric is better.
package enum MetricDirection: String, Codable, Sendable {
    case lowerIsBetter, higherIsBetter
    /// A count or a size that describes the run and is neither good nor bad.
    case neither

    /// The direction of a metric by its path.
    ///
    /// - Parameter path: a key of `metrics`.
    /// - Returns: neither, for what merely describes a run.
    package static func of(_ path: String) -> MetricDirection {
        let last = path.split(separator: ".").last.map(String.init) ?? path
        if last == "completion" || last == "deliveriesPerCpuSecond" { return .higherIsBetter }
        if path == "negotiation.connectable" || path == "negotiation.negotiated" { return .higherIsBetter }
        let quantiles: Set<String> = ["p50", "p90", "p95", "p99", "p999", "max", "mean"]
        if quantiles.contains(last), !path.hasPrefix("negotiation.planned") { return .lowerIsBetter }
        if last == "cpu" || last == "rss" || path.hasPrefix("negotiation.failed.") { return .lowerIsBetter }
        if path.hasPrefix("amplification."), last != "predicted" { return .lowerIsBetter }
        let defects: Set<String> = [
            "deliveries.lost", "deliveries.duplicate", "deliveries.stray", "deliveries.reordered",
            "deliveries.corrupted", "messages.unsent", "messages.late", "agents.disconnected", "agents.refused",
        ]
        return defects.contains(path) ? .lowerIsBetter : .neither
    }
}
