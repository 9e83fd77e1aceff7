internal import Measure

extension ReportDocument {
    /// A metric with its unit.
    ///
    /// - Parameter path: The metric's path.
    /// - Returns: Nil when the metric has no samples.
    package func quantity(_ path: String) -> Quantity? {
        self.result.metrics[path].map { Quantity($0, MetricUnit.of(path)) }
    }

    /// A metric as text, or why it is missing; never 0 for what was not measured.
    ///
    /// - Parameter path: The metric's path.
    /// - Returns: For example `12.3 ms` or `not measured (the profile has no chatter)`.
    package func text(_ path: String) -> String {
        if let quantity = self.quantity(path) { return self.prefix(path) + quantity.text }
        return "not measured (\(self.absence(of: path)))"
    }

    /// A metric as short text for a table cell.
    ///
    /// - Parameter path: The metric's path.
    /// - Returns: The number with its unit, or `not measured`.
    func shortText(_ path: String) -> String {
        self.quantity(path).map { self.prefix(path) + $0.text } ?? "not measured"
    }

    /// How many samples a distribution rests on.
    ///
    /// - Parameter path: The path of the distribution, without the quantile.
    /// - Returns: Nil when it was not recorded.
    func sampleCount(_ path: String) -> Int? {
        self.result.histograms[path].map { Int($0.count) }
    }

    /// Why a metric is not there.
    ///
    /// - Parameter path: The metric's path.
    /// - Returns: A reason without a full stop.
    package func absence(of path: String) -> String {
        let parts = path.split(separator: ".").map(String.init)
        let base = parts.dropLast().joined(separator: ".")
        if path.hasPrefix("fanout.") || path.hasPrefix("chatter."), self.profile["chatter"]?.isNull ?? true {
            return "the profile has no chatter"
        }
        if let quantile = MetricQuantile(pathOf: path), let count = self.sampleCount(base),
            count < quantile.leastSamples
        {
            let least = NumberText.fixed(Double(quantile.leastSamples), decimals: 0)
            return count == 0 ? "no samples" : "\(quantile.rawValue) needs \(least) samples, there were \(count)"
        }
        if path == "amplification.predicted" { return "no closed form holds for this plan" }
        if path.hasPrefix("amplification.") { return "no signaling message was useful to anybody" }
        if path.hasPrefix("backend.") { return "the backend's process is not known to this run" }
        if path.hasPrefix("negotiation.time") { return "no pair became connectable" }
        if path.hasPrefix("negotiation."), self.result.metrics["negotiation.expected"] ?? 0 == 0 {
            return "no pair was expected to negotiate"
        }
        return "no samples"
    }

    /// A quantile that lies among undelivered messages is only known to be at least the deadline.
    private func prefix(_ path: String) -> String {
        (self.result.metrics[path + ".censored"] ?? 0) > 0 ? "≥ " : ""
    }
}
