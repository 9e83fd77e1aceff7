import Foundation
import Measure
import Reporting
import Testing

@testable import Harness

struct RepeatedRunTests {
    @Test(arguments: [1, 2, 5, 8])
    func `both sides have every trial once, in blocks that weigh on both alike`(count: Int) {
        let order = RepeatedRuns.order(count: count, isPaired: true, seed: 3)
        #expect(order.count == 2 * count)
        for isCandidate in [false, true] {
            #expect(order.filter { $0.isCandidate == isCandidate }.map(\.number) == Array(1...count))
        }
        // A whole block is A B B A or B A A B: the ends are of one side, the middle of the other.
        for start in stride(from: 0, to: count / 2 * 4, by: 4) {
            let block = order[start..<start + 4].map(\.isCandidate)
            #expect(block[0] == block[3] && block[1] == block[2] && block[0] != block[1])
        }
    }

    @Test func `the seed draws which side begins, and one side alone has no turns`() {
        let beginnings = (1...40).map { RepeatedRuns.order(count: 1, isPaired: true, seed: $0)[0].isCandidate }
        #expect(Set(beginnings) == [true, false])
        #expect(RepeatedRuns.order(count: 3, isPaired: false, seed: 1).map(\.number) == [1, 2, 3])
    }

    @Test func `what cannot be repeated is refused`() {
        var several = RunRequest()
        several.backends = ["relay", "baas"]
        for (request, count) in [(several, 2), (RunRequest(), 0), (RunRequest(), 1_001)] {
            #expect(throws: HarnessError.self) {
                try RepeatedRuns(
                    request: request, count: count, against: nil, own: "", printer: ProgressPrinter(mode: .quiet))
            }
        }
    }

    @Test func `numbers of an unfit trial are no evidence`() throws {
        func trial(_ side: String, _ number: Int, _ verdict: Verdict, p99: Double) throws -> RepeatedOutcome.Trial {
            var document = try ResultComparisonTests.document(["fanout.latency.p99": p99], seed: UInt64(number))
            document.result.verdict = verdict
            document.result.exitCode = verdict.exitCode
            return (
                side, number, RunOutcome(reports: [.init(document: document, folder: "", error: nil)], comparison: nil)
            )
        }
        var outcome = RepeatedOutcome(folder: "")
        outcome.trials = [
            try trial("base", 1, .pass, p99: 2), try trial("candidate", 1, .invalid, p99: 90),
            try trial("candidate", 2, .fail, p99: 2), try trial("base", 2, .interrupted, p99: 2),
        ]
        #expect(outcome.groups.map(\.name) == ["base", "candidate"])
        #expect(outcome.groups.map(\.trials.count) == [1, 1])
        #expect(outcome.text.contains("2 of 4 trials measured nothing fit"))
        #expect(outcome.status == .interrupted)
    }
}
