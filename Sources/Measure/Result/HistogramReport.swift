/// One latency distribution as `report.json` holds it.
package struct HistogramReport: Codable, Equatable, Sendable {
    /// One point of the percentile curve.
    package struct Percentile: Codable, Equatable, Sendable {
        /// 0…1, over delivered and undelivered samples together.
        package var quantile: Double
        package var milliseconds: Double

        package init(quantile: Double, milliseconds: Double) {
            self.quantile = quantile
            self.milliseconds = milliseconds
        }
    }

    /// A confidence interval of a quantile.
    package struct Interval: Codable, Equatable, Sendable {
        /// In milliseconds.
        package var lower: Double
        package var upper: Double

        package init(lower: Double, upper: Double) {
            self.lower = lower
            self.upper = upper
        }
    }

    /// Samples with a value.
    package var count: Int
    /// Values that no latency can have: negative, or above an hour.
    package var outOfRange: Int
    /// Samples that never arrived and stand above every value.
    package var censored: Int
    /// Of the samples with a value, in milliseconds; absent without any.
    package var min: Double?
    package var mean: Double?
    package var max: Double?
    /// `p50`, `p90`, `p95`, `p99`, `p999` in milliseconds, as far as there are samples enough and they were delivered.
    package var quantiles: [String: Double]
    /// Their 95 % confidence intervals, where both bounds exist.
    package var intervals: [String: Interval]
    /// What was drawn anew for them: `seconds` of the run, `rooms`, or `samples`.
    ///
    /// Samples of one trial are not independent, so intervals over them are the least that must be allowed for. Absent
    /// in results of earlier versions, which had no others.
    package var clusters: String?
    /// The curve up to the last delivered sample.
    package var percentiles: [Percentile]
    /// The counts in HdrHistogram V2 compressed form, base64; values are nanoseconds.
    package var encoded: String

    package init(
        count: Int,
        outOfRange: Int = 0,
        censored: Int = 0,
        min: Double? = nil,
        mean: Double? = nil,
        max: Double? = nil,
        quantiles: [String: Double] = [:],
        intervals: [String: Interval] = [:],
        clusters: String? = nil,
        percentiles: [Percentile] = [],
        encoded: String = ""
    ) {
        self.count = count
        self.outOfRange = outOfRange
        self.censored = censored
        self.min = min
        self.mean = mean
        self.max = max
        self.quantiles = quantiles
        self.intervals = intervals
        self.clusters = clusters
        self.percentiles = percentiles
        self.encoded = encoded
    }
}
