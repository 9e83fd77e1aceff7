import Foundation
import Workload

/// How many event loops a run has.
enum LoopCount {
    /// One for each core, and never more than rooms, unless the profile gives a number.
    static func of(_ profile: Profile, plan: Plan) -> Int {
        let rooms = max(1, plan.rooms.count)
        switch profile.generator.loops {
        case .auto: return min(ProcessInfo.processInfo.activeProcessorCount, rooms)
        case .count(let count): return min(max(1, count), rooms)
        }
    }
}
