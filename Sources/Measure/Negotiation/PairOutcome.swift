import Signaling

/// How one pair ended, with its steps when it is among the worst of its loop.
package struct PairOutcome: Sendable {
    package var progress: PairProgress
    /// Planned agents of the two sessions.
    package var agentA: Int32
    package var agentB: Int32
    /// Empty unless the fleet kept it for the report.
    package var history: [PairEvent]

    package init(progress: PairProgress, agentA: Int32, agentB: Int32, history: [PairEvent] = []) {
        self.progress = progress
        self.agentA = agentA
        self.agentB = agentB
        self.history = history
    }

    /// Orders from worst to best: failed before slow, slow before fast.
    package static func isWorse(_ a: PairOutcome, _ b: PairOutcome) -> Bool {
        switch (a.progress.time, b.progress.time) {
        case (nil, nil): a.progress.start > b.progress.start
        case (nil, _?): true
        case (_?, nil): false
        case (let timeA?, let timeB?): timeA > timeB
        }
    }
}
