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
        if let replay = profile.replay {
            for agents in members {
                for (slot, agent) in agents.enumerated() {
                    self.turns[agent] = replay.call(slot, in: agents, arrivals: arrivals).map { .at($0) } ?? .never
                }
            }
        }
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
                    self.turns[agent] = .at(
                        opens + PlanTime.nanoseconds(Double(slot) * Double(profile.calls.gap.nanoseconds)))
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

/// Finds the pairs whose negotiation a plan brings about.
struct PairFinder {
    let sessions: [PlannedSession]
    /// By session: when it calls; no session calls twice.
    let callTimes: [Int64?]
    /// Nanoseconds that a pair must have to be expected.
    let timeout: Int64

    /// Under churn most sessions of a room never meet, and memory for all of them would be waste.
    private static let mostReserved = 1_000_000

    /// All pairs, by room, then by the later and the earlier arrival.
    ///
    /// - Parameter rooms: session indices for each room.
    /// - Returns: those of whom one calls while both are present.
    func pairs(rooms: [[Int]]) -> [PlannedPair] {
        var pairs: [PlannedPair] = []
        pairs.reserveCapacity(min(rooms.reduce(0) { $0 + $1.count * ($1.count - 1) / 2 }, Self.mostReserved))
        for (room, members) in rooms.enumerated() { self.find(room: room, members: members, into: &pairs) }
        return pairs
    }

    /// Sweeps one room in the order of arrivals, keeping those who are present.
    private func find(room: Int, members: [Int], into pairs: inout [PlannedPair]) {
        let byArrival = members.sorted { (self.sessions[$0].arrive, $0) < (self.sessions[$1].arrive, $1) }
        var present: [Int] = []
        for newcomer in byArrival {
            let arrive = self.sessions[newcomer].arrive
            present.removeAll { self.sessions[$0].depart <= arrive }
            for other in present {
                let end = min(self.sessions[newcomer].depart, self.sessions[other].depart)
                guard let start = self.start(newcomer, other, from: arrive, to: end) else { continue }
                pairs.append(
                    PlannedPair(
                        room: room,
                        sessionA: min(newcomer, other),
                        sessionB: max(newcomer, other),
                        start: start,
                        censored: end - start < self.timeout
                    )
                )
            }
            present.append(newcomer)
        }
    }

    /// The first call of either within the time that both are present.
    private func start(_ a: Int, _ b: Int, from: Int64, to: Int64) -> Int64? {
        let range = from..<max(from, to)
        let first = self.callTimes[a].flatMap { range.contains($0) ? $0 : nil }
        let second = self.callTimes[b].flatMap { range.contains($0) ? $0 : nil }
        guard let first, let second else { return first ?? second }
        return min(first, second)
    }
}
