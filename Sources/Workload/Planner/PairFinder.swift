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
