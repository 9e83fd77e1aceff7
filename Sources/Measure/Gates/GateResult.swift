/// One gate as judged against the metrics of a run.
package struct GateResult: Codable, Equatable, Sendable {
    package var gate: Gate
    /// Pass, fail, or invalid when there is nothing to judge; never interrupted.
    package var verdict: Verdict
    /// The measured value in the metric's unit; absent when the metric has no samples.
    package var value: Double?
    /// How far the value stays inside the limit (positive) or lies beyond it (negative), in the metric's unit.
    ///
    /// For `==` it is minus the distance, for `!=` the distance.
    package var margin: Double?
    /// Why the gate failed or could not be judged, in one sentence; absent when the numbers say it.
    package var reason: String?

    package init(gate: Gate, verdict: Verdict, value: Double? = nil, margin: Double? = nil, reason: String? = nil) {
        self.gate = gate
        self.verdict = verdict
        self.value = value
        self.margin = margin
        self.reason = reason
    }
}
