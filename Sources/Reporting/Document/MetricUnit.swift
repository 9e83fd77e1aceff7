/// Which unit a metric of `report.json` is in.
package enum MetricUnit {
    /// The unit of a metric, by the naming rules of the metric paths.
    ///
    /// - Parameter path: The metric's path, for example `fanout.latency.p99`.
    /// - Returns: The unit; a plain count when no rule fits.
    package static func of(_ path: String) -> Quantity.Unit {
        let last = path.split(separator: ".").last.map(String.init) ?? path
        if last == "censored" { return .count }
        if path.hasPrefix("amplification.") { return .factor }
        if path.hasPrefix("bytes.") || last == "rss" || last == "bytes" { return .bytes }
        if last == "cpu" { return .cores }
        if last == "completion" { return .ratio }
        if last == "deliveriesPerCpuSecond" { return .perSecond }
        let isTime = ["p50", "p90", "p95", "p99", "p999", "max", "min", "mean"].contains(last)
        return isTime ? .milliseconds : .count
    }
}
