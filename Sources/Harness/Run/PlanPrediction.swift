package import Backends
package import Measure
import Signaling
package import Workload

/// What the mesh arithmetic says that a plan costs on a backend, summed over its rooms.
package enum PlanPrediction {
    /// The prediction for a plan's signaling, chatter excluded.
    ///
    /// - Parameters:
    ///   - plan: the plan.
    ///   - profile: the profile that it was made from.
    ///   - capabilities: how the backend delivers.
    /// - Returns: `nil` where no closed form applies.
    package static func of(_ plan: Plan, profile: Profile, capabilities: Capabilities) -> Prediction? {
        guard plan.prediction.exists, profile.leave == .bye || !plan.sessions.contains(where: \.departsEarly) else {
            return nil
        }
        var sum = MeshTotals()
        var isBound = false
        for room in plan.rooms {
            guard let mesh = self.mesh(of: room, profile: profile, capabilities: capabilities) else { return nil }
            sum += mesh.totals
            isBound = isBound || mesh.isUpperBound
        }
        guard let amplification = sum.amplification else { return nil }
        let name = self.name(profile, capabilities)
        let remark = plan.prediction.reason.map { ", clean-mesh law: \($0)" } ?? ""
        return Prediction(
            messages: sum.messages, deliveries: sum.deliveries, useful: sum.useful, amplification: amplification,
            exact: plan.isClean && !isBound, law: name + (isBound ? ", upper bound" : "") + remark)
    }

    private static func mesh(
        of room: PlannedRoom, profile: Profile, capabilities: Capabilities
    ) -> MeshArithmetic? {
        let members = room.members.count
        let isTrickling = profile.signaling.ice == .trickle
        let delivery: MeshArithmetic.Delivery =
            switch capabilities.directed {
            case .broadcast: .broadcast
            case .routed: .routed
            case .inbox: capabilities.selfEcho ? .inboxEcho : .routed
            }
        guard let joining = self.joining(members: members, profile) else { return nil }
        return MeshArithmetic(
            members: members, offererCandidates: isTrickling ? profile.signaling.candidates.offerer : 0,
            answererCandidates: isTrickling ? profile.signaling.candidates.answerer : 0,
            echo: capabilities.selfEcho ? .own : .none, delivery: delivery, joining: joining,
            byes: profile.leave == .bye)
    }

    private static func joining(members: Int, _ profile: Profile) -> MeshArithmetic.Joining? {
        switch profile.calls.when {
        case .join: return .oneByOne
        case .recorded: return nil
        case .present:
            let callers = profile.calls.callers.count(in: members)
            guard profile.calls.spread != nil, callers > 1 else { return .present(callers: callers) }
            // Some who call at once beside some who do not: no closed form.
            return callers == members ? .glare(profile.signaling.strategy) : nil
        }
    }

    private static func name(_ profile: Profile, _ capabilities: Capabilities) -> String {
        let calls =
            switch profile.calls.when {
            case .join: "members join and call one by one"
            case .recorded: "members join and call as recorded"
            case .present:
                profile.calls.spread == nil
                    ? "all present, calls one after another" : "all present, calls at once"
            }
        let delivery =
            switch capabilities.directed {
            case .broadcast: "broadcast"
            case .routed: "routed"
            case .inbox: "inbox"
            }
        return "\(calls), \(delivery) \(capabilities.selfEcho ? "with" : "without") own echo"
    }
}
