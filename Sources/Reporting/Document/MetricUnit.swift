internal import Measure

/// Which unit a metric of `report.json` is in.
package enum MetricUnit {
    /// The unit of a metric as the catalogue says.
    ///
    /// - Parameter path: The metric's path, for example `fanout.latency.p99`.
    /// - Returns: The unit; a plain count for a metric that the catalogue does not know.
    package static func of(_ path: String) -> Quantity.Unit {
        switch MetricCatalogue.find(path)?.unit {
        case .milliseconds: .milliseconds
        case .bytes: .bytes
        case .ratio: .ratio
        case .factor: .factor
        case .cores: .cores
        case .perSecond: .perSecond
        case .count, nil: .count
        }
    }
}
