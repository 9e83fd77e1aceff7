import Foundation
import Workload

/// How many event loops a run has.
enum LoopCount {
    /// One core is left to the backend; never more than rooms, and at least one, unless the profile gives a number.
    static func of(_ profile: Profile, plan: Plan) -> Int {
        let rooms = max(1, plan.rooms.count)
        switch profile.generator.loops {
        case .auto: return min(max(1, ProcessInfo.processInfo.activeProcessorCount - 1), rooms)
        case .count(let count): return min(max(1, count), rooms)
        }
    }
}
