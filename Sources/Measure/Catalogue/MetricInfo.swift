/// What a metric means: its unit, what is counted over what, and what is left out.
package struct MetricInfo: Codable, Equatable, Sendable {
    /// The unit that the metric's number is in.
    package enum Unit: String, Codable, CaseIterable, Sendable {
        case milliseconds = "ms"
        case bytes
        /// 0…1.
        case ratio
        /// A quotient of 0 or more, without an upper end.
        case factor
        case count
        /// Cores kept busy.
        case cores
        case perSecond = "1/s"

        /// In words, to stand after "is".
        package var words: String {
            switch self {
            case .milliseconds: "a time in milliseconds"
            case .bytes: "a number of bytes"
            case .ratio: "a ratio of 0…1"
            case .factor: "a plain quotient"
            case .count: "a plain count"
            case .cores: "a number of cores"
            case .perSecond: "a number per second"
            }
        }
    }

    /// The key in `metrics`; in ``MetricCatalogue/patterns`` with `<type>`, `<reason>` and `<quantile>` to be filled in.
    package var path: String
    package var unit: Unit
    /// Numerator, denominator and exclusions.
    package var summary: String

    package init(_ path: String, _ unit: Unit, _ summary: String) {
        self.path = path
        self.unit = unit
        self.summary = summary
    }
}
