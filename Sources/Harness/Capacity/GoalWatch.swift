import Fleet
import Measure
import Synchronization
import Workload

/// Watches the goals of a trial while it runs.
final class GoalWatch: Sendable {
    private struct State: Sendable {
        var goals: HopelessGoals
        var phase: FleetPhase?
        var lost: Gate?
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - gates: the goals.
    ///   - plan: of the trial.
    init(_ gates: [Gate], plan: Plan) {
        let steady = plan.phases.steadyEnd - plan.phases.steadyStart
        let period = plan.chatterPeriod ?? 0
        // Everybody who could be there hears everybody; fewer do, so that a goal is given up too late and never too early.
        let pairs = plan.rooms.reduce(0) { $0 + $1.members.count * ($1.members.count - 1) }
        let expected = period > 0 && steady > 0 ? Double(pairs) * Double(steady) / Double(period) : 0
        self.state = Mutex(State(goals: HopelessGoals(gates, expected: UInt64(expected))))
    }

    /// The goal that is out of reach; nil while none is.
    var lost: Gate? { self.state.withLock { $0.lost } }

    /// Takes a second's figures.
    ///
    /// - Returns: whether a goal is out of reach.
    func isLost(_ snapshot: FleetSnapshot) -> Bool {
        self.state.withLock { state in
            if state.lost == nil, state.phase == .steady, snapshot.phase == .steady {
                state.lost = state.goals.take(snapshot.fanout)
            }
            state.phase = snapshot.phase
            return state.lost != nil
        }
    }
}
