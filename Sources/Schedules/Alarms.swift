import Dispatch
import Fleet
import Foundation
import Measure
import NIOCore
import Simulation
import Synchronization
import Workload

/// Compares one build with itself, five runs a side, and counts how often the comparison sees a difference.
struct Alarms {
    /// How many comparisons.
    var count: Int
    /// The seed of the first run.
    var first: UInt64

    private static let side = 5
    private static let level = 0.05
    private static let metrics = [
        "negotiation.time.p50", "fanout.latency.p50", "fanout.latency.p99",
    ]

    /// - Returns: whether there were no more than chance allows.
    func run() -> Bool {
        let began = ContinuousClock.now
        let runs = self.count * Self.side * 2
        let measured = Mutex([[Double]?](repeating: nil, count: runs))
        let processors = max(1, ProcessInfo.processInfo.activeProcessorCount)
        DispatchQueue.concurrentPerform(iterations: processors) { share in
            for number in stride(from: share, to: runs, by: processors) {
                let values = Self.play(seed: self.first + UInt64(number))
                measured.withLock { $0[number] = values }
            }
        }
        let all = measured.withLock(\.self).compactMap(\.self)
        guard all.count == runs else {
            print("\(runs - all.count) runs did not measure every metric")
            return false
        }
        let alarms = (0..<self.count).count { Self.differs(Array(all[$0 * Self.side * 2..<($0 + 1) * Self.side * 2])) }
        let most = Self.bound(self.count)
        print(
            "\(self.count) comparisons of five simulated runs a side in \((ContinuousClock.now - began).formatted()): "
                + "\(alarms) false alarms, at most \(most) by chance at 5 %")
        return alarms <= most
    }

    /// A small run over links of random delay; its metrics, nil when one is missing.
    private static func play(seed: UInt64) -> [Double]? {
        var profile = Profile()
        profile.seed = seed
        profile.agents = 16
        profile.rooms.layout = .size(4)
        profile.arrival.rate = .init(perSecond: 20)
        profile.phases.warmup = .milliseconds(500)
        profile.phases.steady = .seconds(6)
        var run = SimulatedRun(profile)
        run.seed = seed
        run.links = LinkOptions(delay: .exponential(.milliseconds(20)))
        guard let outcome = try? run.play().outcome else { return nil }
        let metrics = MetricAssembly(
            samples: outcome.samples, facts: RunFacts(agents: 16, rooms: 4), drainMilliseconds: 5_000
        ).metrics()
        let values = Self.metrics.compactMap { metrics[$0] }
        return values.count == Self.metrics.count ? values : nil
    }

    /// Whether any metric differs, after Holm, as `compare` decides it.
    private static func differs(_ runs: [[Double]]) -> Bool {
        let ps = runs[0].indices.compactMap { metric in
            let values = runs.map { $0[metric] }
            return RankShift(base: Array(values[..<Self.side]), candidate: Array(values[Self.side...]))?.p
        }
        return Holm.adjusted(ps).contains { $0 <= Self.level }
    }

    /// What 97.5 % of binomial draws of the level do not exceed.
    private static func bound(_ count: Int) -> Int {
        var term = pow(1 - Self.level, Double(count))
        var sum = term
        var most = 0
        while sum < 0.975, most < count {
            term *= Double(count - most) / Double(most + 1) * Self.level / (1 - Self.level)
            most += 1
            sum += term
        }
        return most
    }
}
