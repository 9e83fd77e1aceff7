extension Gate {
    /// Judges the gate against a run.
    ///
    /// - Parameters:
    ///   - metrics: Every metric that has samples, by path.
    ///   - samples: How many samples each distribution has, by its path without the quantile; only for the reason.
    /// - Returns: Invalid for an absent metric, fail for a censored one, otherwise as the numbers stand.
    package func judged(against metrics: [String: Double], samples: [String: Int] = [:]) -> GateResult {
        if self.value(in: metrics) == nil, let missing = self.censoredMean(in: metrics) {
            let reason =
                "\(self.metric) is absent because \(FixedDecimal.text(missing, decimals: 0)) samples never arrived"
            return GateResult(gate: self, verdict: .fail, reason: reason)
        }
        guard let value = self.value(in: metrics) else {
            return GateResult(gate: self, verdict: .invalid, reason: self.absence(metrics, samples))
        }
        guard value.isFinite else {
            return GateResult(gate: self, verdict: .invalid, reason: "\(self.metric) is not a finite number")
        }
        if let undelivered = metrics["\(self.metric).censored"], undelivered > 0 {
            let reason =
                "\(self.metric) falls among \(FixedDecimal.text(undelivered, decimals: 0)) samples that never arrived: "
                + "it is \(FixedDecimal.short(value)) ms or more"
            return GateResult(gate: self, verdict: .fail, value: value, reason: reason)
        }
        let verdict: Verdict = self.holds(for: value) ? .pass : .fail
        return GateResult(gate: self, verdict: verdict, value: value, margin: self.margin(of: value))
    }

    /// How far a value stays inside the limit (positive) or lies beyond it (negative).
    func margin(of value: Double) -> Double {
        switch self.op {
        case .less, .lessOrEqual: self.limit - value
        case .greater, .greaterOrEqual: value - self.limit
        case .equal: -(value - self.limit).magnitude
        case .notEqual: (value - self.limit).magnitude
        }
    }

    /// How many undelivered samples keep the gate's mean from existing; nil when it is no mean, or none do.
    private func censoredMean(in metrics: [String: Double]) -> Double? {
        guard let quantile = MetricQuantile(pathOf: self.metric), quantile == .mean else { return nil }
        return metrics["\(quantile.distribution(of: self.metric)).censored"].flatMap { $0 > 0 ? $0 : nil }
    }

    /// A count of undelivered samples is absent when there are none, although its distribution is there.
    private func value(in metrics: [String: Double]) -> Double? {
        if let value = metrics[self.metric] { return value }
        guard self.metric.hasSuffix(".censored") else { return nil }
        let base = String(self.metric.dropLast(".censored".count))
        return metrics["\(base).samples"] == nil && metrics[base] == nil ? nil : 0
    }

    private func absence(_ metrics: [String: Double], _ samples: [String: Int]) -> String {
        guard let quantile = MetricQuantile(pathOf: self.metric) else { return "\(self.metric) has no samples" }
        let base = quantile.distribution(of: self.metric)
        let count =
            samples[base] ?? metrics["\(base).samples"].map { Int($0 + (metrics["\(base).censored"] ?? 0)) } ?? 0
        guard count > 0 else { return "\(self.metric) has no samples" }
        return "\(quantile.rawValue) needs \(quantile.leastSamples) samples and \(base) has \(count)"
    }
}
