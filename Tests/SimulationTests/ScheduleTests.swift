import Simulation
import Testing

/// A few random schedules, and those that once failed; `make simulate` plays thousands.
struct ScheduleTests {
    private static let count = 80
    private static let shards = 4

    @Test(arguments: [Schedule.Mode.safety, .liveness], 0..<shards)
    func `every schedule keeps the ledger true`(mode: Schedule.Mode, shard: Int) {
        var failures = 0
        for number in 0..<Self.count / 2 / Self.shards {
            let schedule = Schedule(seed: 1 + UInt64(number * Self.shards + shard), mode: mode)
            let problems = Checks.problems(of: schedule)
            guard !problems.isEmpty else { continue }
            let least = schedule.shrunk { !Checks.problems(of: $0).isEmpty }
            Issue.record("\(problems)\nin \(schedule)\nshrunk to \(Checks.problems(of: least)) in \(least)")
            failures += 1
            if failures == 3 { return }
        }
    }

    /// A connection that was given up while it was being opened once stayed open.
    @Test(arguments: [555, 599, 970, 1_405, 1_417, 1_426] as [UInt64], [Schedule.Mode.safety, .liveness])
    func `a schedule that once failed holds`(seed: UInt64, mode: Schedule.Mode) {
        #expect(Checks.problems(of: Schedule(seed: seed, mode: mode)) == [])
    }

    @Test func `the same seed is the same run`() {
        let digests = (1...3 as ClosedRange<UInt64>).map {
            Checks.verdict(of: Schedule(seed: $0, mode: .safety)).digest
        }
        let again = (1...3 as ClosedRange<UInt64>).map { Checks.verdict(of: Schedule(seed: $0, mode: .safety)).digest }
        #expect(digests == again && Set(digests).count == 3)
    }
}
