/// When which member calls.
struct CallSchedule {
    /// By agent: whether it calls at all, and when, if all are to be present first.
    private enum Turn {
        /// It never calls.
        case never
        /// As it arrives.
        case onArrival
        /// At this time, or as it arrives, whichever is later.
        case at(Int64)
    }

    private var turns: [Turn]
    private var opening: [Int64?]

    init(profile: Profile, seed: UInt64, members: [[Int]], arrivals: [Int64]) {
        self.turns = [Turn](repeating: .onArrival, count: arrivals.count)
        self.opening = [Int64?](repeating: nil, count: members.count)
        guard profile.calls.when == .present else { return }
        for (room, agents) in members.enumerated() {
            let opens = (agents.map { arrivals[$0] }.max() ?? 0) + Planner.settleMargin
            self.opening[room] = opens
            let callers = profile.calls.callers.count(in: agents.count)
            for (slot, agent) in agents.enumerated() {
                if slot >= callers {
                    self.turns[agent] = .never
                } else if let spread = profile.calls.spread {
                    let bits = RandomStream.calls.seed(of: seed, agent: agent)
                    self.turns[agent] = .at(opens + RandomDraw.below(spread.nanoseconds, bits))
                } else {
                    self.turns[agent] = .at(opens + Int64(slot) * profile.calls.gap.nanoseconds)
                }
            }
        }
    }

    /// When calling opens in a room whose members are all to be present; nil when they call as they arrive.
    func opens(room: Int) -> Int64? { self.opening[room] }

    /// When a session calls; nil if it does not, or is gone by then.
    func call(of session: PlannedSession) -> Int64? {
        switch self.turns[session.agent] {
        case .never: nil
        case .onArrival: session.arrive
        case .at(let turn): turn < session.depart ? max(turn, session.arrive) : nil
        }
    }
}
