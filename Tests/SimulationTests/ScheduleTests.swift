import Foundation
import Simulation
import Testing

/// Random schedules, 160 of them; `SIGNALBENCH_SCHEDULES=10000` for more, `SIGNALBENCH_SEED` for others.
struct ScheduleTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = Self.environment["SIGNALBENCH_SCHEDULES"].flatMap { Int($0) } ?? 160
    private static let shards = 4
    private static let first = Self.environment["SIGNALBENCH_SEED"].flatMap { UInt64($0) } ?? 1

    @Test(arguments: [Schedule.Mode.safety, .liveness], 0..<shards)
    func `every schedule keeps the ledger true`(mode: Schedule.Mode, shard: Int) {
        var failures = 0
        for number in 0..<Self.count / 2 / Self.shards {
            let schedule = Schedule(seed: Self.first + UInt64(number * Self.shards + shard), mode: mode)
            let problems = Checks.problems(of: schedule)
            guard !problems.isEmpty else { continue }
            let least = schedule.shrunk { !Checks.problems(of: $0).isEmpty }
            Issue.record("\(problems)\nin \(schedule)\nshrunk to \(Checks.problems(of: least)) in \(least)")
            failures += 1
            if failures == 3 { return }
        }
    }
}
