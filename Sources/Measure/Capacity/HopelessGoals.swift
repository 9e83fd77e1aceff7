/// Says during a trial that a goal over fan-out is out of reach, so that nobody waits for the trial's end.
///
/// Of n receipts, a quantile q may have (1 − q)·n beyond its limit. When twice as many have come late already as the whole
/// steady phase may have, no rest of it mends that; the factor allows for receipts of what was due before steady.
package struct HopelessGoals: Sendable {
    private struct Goal: Sendable {
        var gate: Gate
        /// Late receipts with which it is given up.
        var most: UInt64
        /// In nanoseconds.
        var limit: UInt64
        var late: UInt64 = 0
    }

    private var goals: [Goal]

    /// - Parameters:
    ///   - gates: all goals; those that are not upper limits of a quantile of `fanout.latency` are passed over.
    ///   - expected: receipts of chatter by others that the plan has in the steady phase.
    package init(_ gates: [Gate], expected: UInt64) {
        self.goals = gates.compactMap { gate in
            guard [.less, .lessOrEqual].contains(gate.op), gate.metric.hasPrefix("fanout.latency."),
                gate.metric.split(separator: ".").count == 3,
                let quantile = MetricQuantile(pathOf: gate.metric)?.quantile, expected > 0, gate.limit >= 0,
                gate.limit < 3_600_000
            else { return nil }
            let allowed = (1 - quantile) * Double(expected)
            return Goal(gate: gate, most: UInt64(2 * allowed) + 1, limit: UInt64(gate.limit * 1e6))
        }
    }

    /// Takes the receipts of a second within the steady phase.
    ///
    /// - Parameter fanout: their latencies.
    /// - Returns: the first goal that is out of reach; nil while none is.
    package mutating func take(_ fanout: HistogramDelta) -> Gate? {
        for index in self.goals.indices {
            let limit = self.goals[index].limit
            for entry in fanout.entries.reversed() {
                // A slot that begins beyond the limit has nothing within it.
                guard BucketLayout.lowestValue(at: Int(entry.index)) > limit else { break }
                self.goals[index].late += entry.count
            }
        }
        return self.goals.first { $0.late > $0.most }?.gate
    }
}
