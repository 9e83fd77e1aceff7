import Signaling
import Testing

@testable import Measure

struct SteadyStateTests {
    /// A level with a little noise, after a head at another level.
    private static func series(head: Int, at: Double, rest: Int, seed: UInt64 = 1) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<head + rest).map {
            ($0 < head ? at : 10) * (1 + Double(Int(random.next() % 100) - 50) / 5_000)
        }
    }

    @Test func `a level series is flat`() {
        #expect(SteadyState.classify(Self.series(head: 0, at: 0, rest: 60)) == .flat)
        #expect(SteadyState.classify(Array(repeating: 3, count: 40)) == .flat)
    }

    @Test(arguments: [(20.0, true), (2.0, false)])
    func `a head that is worse is a warm-up, of times and of throughput`(level: Double, higherIsWorse: Bool) {
        let series = Self.series(head: 10, at: level, rest: 60)
        #expect(SteadyState.classify(series, higherIsWorse: higherIsWorse) == .warmup(until: 10))
        #expect(SteadyState.classify(series, higherIsWorse: !higherIsWorse) == .slowdown(until: 10))
    }

    @Test func `a series that grows to its end never settles`() {
        #expect(SteadyState.classify((0..<60).map { Double($0) }) == SteadyState.none)
    }

    @Test func `a short series says nothing`() {
        #expect(SteadyState.classify([1, 2, 3, 4, 5, 6, 7]) == nil)
    }

    @Test func `the intervals of clustered samples cover the true median`() {
        var covered = 0
        let runs = 300
        // exp of a normal for each second, times one for each sample: the median of all is 1 ms.
        for run in 0..<runs {
            var random = SplitMix64(seed: UInt64(run) &* 7_919 &+ 3)
            let clusters = (0..<60).map { _ -> HistogramDelta in
                let second = Self.normal(&random) * 0.5
                // A histogram of its own for each of 18,000 seconds would take a minute to be emptied.
                let slots = (0..<10).map { _ in
                    Int32(BucketLayout.index(of: UInt64(1e6 * Self.exp(second + 0.5 * Self.normal(&random)))))
                }
                let counts = Dictionary(slots.map { ($0, UInt64(1)) }, uniquingKeysWith: +)
                let entries = counts.sorted { $0.key < $1.key }.map {
                    HistogramDelta.Entry(index: $0.key, count: $0.value)
                }
                return HistogramDelta(entries: entries, count: 10, min: 0, max: 0)
            }
            let bootstrap = ClusterBootstrap(clusters: clusters, replicates: 200, seed: UInt64(run))
            guard let interval = bootstrap.interval(0.5) else { continue }
            if interval.lower <= 1_000_000, 1_000_000 <= interval.upper { covered += 1 }
        }
        let share = Double(covered) / Double(runs)
        #expect(share >= 0.93 && share <= 0.97, "\(share)")
    }

    @Test func `too few seconds, or a tail that never arrived, give no interval`() {
        var histogram = LatencyHistogram()
        for value in 1...400 as ClosedRange<Int64> { histogram.record(nanoseconds: value * 1_000) }
        let whole = histogram.delta
        #expect(ClusterBootstrap(clusters: Array(repeating: whole, count: 5), seed: 1).interval(0.5) == nil)
        histogram.censor(40)
        let lossy = ClusterBootstrap(clusters: Array(repeating: histogram.delta, count: 20), seed: 1)
        #expect(lossy.interval(0.99) == nil)
        #expect(lossy.interval(0.5) != nil)
    }

    /// A standard normal as the sum of twelve uniform numbers.
    private static func normal(_ random: inout SplitMix64) -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + Double(random.next() >> 11) / Double(1 << 53) }
    }

    private static func exp(_ x: Double) -> Double {
        // By halving until the series converges at once.
        var (term, sum) = (1.0, 1.0)
        let small = x / 16
        for k in 1...12 {
            term *= small / Double(k)
            sum += term
        }
        for _ in 0..<4 { sum *= sum }
        return sum
    }
}
