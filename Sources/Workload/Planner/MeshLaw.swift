import Signaling

/// Decides how far the closed forms of the mesh arithmetic hold for a plan.
struct MeshLaw {
    let profile: Profile
    let members: [[Int]]
    let arrivals: [Int64]

    /// Network and processing time that is granted to a settling mesh on top of think and trickle times.
    static let transportAllowance: Int64 = 100_000_000

    /// The basis of a prediction.
    ///
    /// - Parameters:
    ///   - lastCall: the last planned call; nil when nobody calls.
    ///   - steadyEnd: when members leave.
    /// - Returns: exact, or why not.
    func basis(lastCall: Int64?, steadyEnd: Int64) -> PredictionBasis {
        let signaling = self.profile.signaling
        let largest = self.members.map(\.count).max() ?? 0
        if self.profile.churn != nil { return .none(reason: "members churn") }
        if case .recording = signaling.payload { return .none(reason: "pairs differ as in the recording") }
        if self.profile.calls.when == .recorded { return .none(reason: "members call as in the recording") }
        if let spread = self.profile.calls.spread, spread > .zero {
            return .none(reason: "calls fall at random within \(spread.text)")
        }
        if case .count(let most) = signaling.maxConnections, most < largest - 1 {
            return .none(reason: "maxConnections \(most) binds in rooms of \(largest)")
        }
        guard let lastCall else { return .exact }
        let settling = RecordedPacing.settling(signaling) + Self.transportAllowance
        if signaling.strategy == .perfect {
            if signaling.timeout.nanoseconds < settling {
                return .cleanMeshLaw(reason: "attempts are dropped after \(signaling.timeout.text)")
            }
            if let ghost = signaling.ghostTimeout {
                return .cleanMeshLaw(reason: "peers unheard of for \(ghost.text) are closed")
            }
        }
        let bound = "a mesh may take \(Self.milliseconds(settling)) to settle"
        if let reason = self.crowding(settling, bound) { return .cleanMeshLaw(reason: reason) }
        if steadyEnd - lastCall < settling {
            let left = Self.milliseconds(steadyEnd - lastCall)
            return .cleanMeshLaw(reason: "the last call comes \(left) before the end of steady, and \(bound)")
        }
        return .exact
    }

    /// Why calls or joins of a room may overlap.
    private func crowding(_ settling: Int64, _ bound: String) -> String? {
        let calls = self.profile.calls
        switch calls.when {
        case .recorded: return nil
        case .present:
            guard self.members.contains(where: { calls.callers.count(in: $0.count) > 1 }) else { return nil }
            if calls.spread != nil { return "all callers of a room call at once" }
            guard calls.gap.nanoseconds < settling else { return nil }
            return "calls of a room are \(Self.milliseconds(calls.gap.nanoseconds)) apart, and \(bound)"
        case .join:
            var closest: (room: Int, gap: Int64)?
            for (room, agents) in self.members.enumerated() {
                for (earlier, later) in zip(agents, agents.dropFirst()) {
                    let gap = self.arrivals[later] - self.arrivals[earlier]
                    if gap < (closest?.gap ?? settling) { closest = (room, gap) }
                }
            }
            return closest.map { "joins in room \($0.room) are as close as \(Self.milliseconds($0.gap)), and \(bound)" }
        }
    }

    private static func milliseconds(_ nanoseconds: Int64) -> String { "\((nanoseconds + 500_000) / 1_000_000) ms" }
}
