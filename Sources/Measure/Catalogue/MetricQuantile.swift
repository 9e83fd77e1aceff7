/// The last part of the path of a distribution's metric: a quantile or the mean.
package enum MetricQuantile: String, CaseIterable, Sendable {
    case p50, p90, p95, p99, p999, max, mean

    /// Which one the last part of a path names; nil for other metrics.
    package init?(pathOf metric: String) {
        guard let last = metric.split(separator: ".").last, metric.contains(".") else { return nil }
        self.init(rawValue: String(last))
    }

    /// The quantile as a share, 1 for the greatest; nil for the mean.
    package var quantile: Double? {
        switch self {
        case .p50: 0.5
        case .p90: 0.9
        case .p95: 0.95
        case .p99: 0.99
        case .p999: 0.999
        case .max: 1
        case .mean: nil
        }
    }

    /// The fewest samples for which the metric exists.
    package var leastSamples: Int { SampleRule.leastSamples(for: self.quantile ?? 1) }

    /// In words, to stand before "of …".
    package var words: String {
        switch self {
        case .p50: "median"
        case .p90: "90th percentile"
        case .p95: "95th percentile"
        case .p99: "99th percentile"
        case .p999: "99.9th percentile"
        case .max: "greatest"
        case .mean: "mean, absent when any sample is censored,"
        }
    }

    /// The path without the quantile.
    func distribution(of metric: String) -> String { String(metric.dropLast(self.rawValue.count + 1)) }
}
