/// A limit on one metric, as a profile or a flag states it: `fanout.latency.p99 < 50ms`.
package struct Gate: Codable, Equatable, Sendable {
    /// How the measured value and the limit must stand to each other.
    package enum Comparison: String, Codable, CaseIterable, Sendable {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case equal = "=="
        case notEqual = "!="
    }

    /// The metric's path in `metrics` of the result.
    package var metric: String
    /// How the value must stand to the limit.
    package var op: Comparison
    /// The limit in the metric's own unit: milliseconds, bytes, a ratio of 0…1, or a plain number.
    package var limit: Double
    /// The gate as the user wrote it.
    package var text: String

    package init(metric: String, op: Comparison, limit: Double, text: String) {
        self.metric = metric
        self.op = op
        self.limit = limit
        self.text = text
    }

    /// Whether a value keeps the gate.
    package func holds(for value: Double) -> Bool {
        switch self.op {
        case .less: value < self.limit
        case .lessOrEqual: value <= self.limit
        case .greater: value > self.limit
        case .greaterOrEqual: value >= self.limit
        case .equal: value == self.limit
        case .notEqual: value != self.limit
        }
    }
}
