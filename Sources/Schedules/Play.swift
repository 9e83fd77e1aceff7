import Dispatch
import Foundation
import Simulation
import Synchronization

/// Plays random schedules, a share of them on each processor.
struct Play {
    /// How many, half of each mode.
    var count: Int
    /// The seed of the first; the others follow it.
    var first: UInt64

    /// What the schedules came to so far.
    private struct Tally: Sendable {
        var problems: [String] = []
        var digest: UInt64 = 0
    }

    /// Failing schedules that are shrunk and printed; one defect breaks many.
    private static let mostShown = 3

    /// - Returns: whether everything held in all of them.
    func run() -> Bool {
        let tally = Mutex(Tally())
        let processors = max(1, ProcessInfo.processInfo.activeProcessorCount)
        let began = ContinuousClock.now
        DispatchQueue.concurrentPerform(iterations: processors) { share in
            for number in stride(from: share, to: self.count, by: processors) {
                let schedule = Schedule(
                    seed: self.first + UInt64(number / 2), mode: number % 2 == 0 ? .safety : .liveness)
                let verdict = Checks.verdict(of: schedule)
                let shown = tally.withLock {
                    // The order in which schedules end is the processors'; a sum does not mind.
                    $0.digest &+= verdict.digest
                    if !verdict.problems.isEmpty { $0.problems.append(schedule.description) }
                    return $0.problems.count
                }
                if !verdict.problems.isEmpty, shown <= Self.mostShown { _ = Self.show(schedule) }
            }
        }
        let (problems, digest) = tally.withLock { ($0.problems, $0.digest) }
        let digits = String(digest, radix: 16)
        print(
            "\(self.count) schedules from seed \(self.first) in \((ContinuousClock.now - began).formatted()), "
                + "digest \(String(repeating: "0", count: 16 - digits.count))\(digits): \(problems.count) broke something"
        )
        return problems.isEmpty
    }

    /// Plays one schedule, and prints it with what it broke and the simplest one that breaks something, too.
    ///
    /// - Returns: whether everything held.
    static func show(_ schedule: Schedule) -> Bool {
        let verdict = Checks.verdict(of: schedule)
        print("\(schedule)\n  \(verdict.problems.isEmpty ? "held" : verdict.problems.joined(separator: "\n  "))")
        guard !verdict.problems.isEmpty else { return true }
        let least = schedule.shrunk { !Checks.problems(of: $0).isEmpty }
        print("shrunk to \(least)\n  \(Checks.problems(of: least).joined(separator: "\n  "))")
        return false
    }
}
