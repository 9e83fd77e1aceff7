import Measure
import Signaling
import Testing

struct OrderStatisticsTests {
    // Figures of measurement.md 1.5, and two that an exact binomial sum gives.
    @Test(
        arguments: [
            (1000, 0.99, 983, 997), (10_000, 0.99, 9880, 9920), (10_000, 0.999, 9983, 9997),
            (100_000, 0.9999, 99_983, 99_997), (20, 0.5, 6, 15), (100, 0.5, 40, 61),
        ] as [(UInt64, Double, UInt64, UInt64)])
    func `the ranks are the published ones`(count: UInt64, q: Double, lower: UInt64, upper: UInt64) throws {
        let ranks = try #require(OrderStatistics.ranks(count: count, quantile: q))
        #expect(ranks.lower == lower)
        #expect(ranks.upper == upper)
    }

    @Test(
        arguments: [(0, 0.5), (1, 0.5), (5, 0.5), (299, 0.99), (1000, 0.0), (1000, 1.0), (1000, 1.5)]
            as [(UInt64, Double)])
    func `too few samples, or no quantile, have no interval`(count: UInt64, q: Double) {
        #expect(OrderStatistics.ranks(count: count, quantile: q) == nil)
    }

    @Test func `the least count with both bounds is where the upper tail first fits`() {
        // 0.99ⁿ ≤ 2.5 % from n = 368 on.
        #expect(OrderStatistics.ranks(count: 367, quantile: 0.99) == nil)
        #expect(OrderStatistics.ranks(count: 368, quantile: 0.99)?.upper == 368)
    }

    @Test func `a hundred million samples are ranked in no time and symmetrically`() throws {
        let ranks = try #require(OrderStatistics.ranks(count: 100_000_000, quantile: 0.5))
        #expect(abs(Int64(ranks.lower) - (50_000_000 - 9800)) < 5, "1.96 standard deviations of 5,000")
        #expect(ranks.lower + ranks.upper == 100_000_001)
    }

    @Test(arguments: [5, 6, 7] as [UInt64])
    func `the interval holds the true median about as often as it promises`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var held = 0
        let trials = 2000
        let ranks = try #require(OrderStatistics.ranks(count: 101, quantile: 0.5))
        for _ in 0..<trials {
            let below = (0..<101).reduce(into: UInt64(0)) { sum, _ in if random.unit() < 0.5 { sum += 1 } }
            if ranks.lower <= below, below < ranks.upper { held += 1 }
        }
        let share = Double(held) / Double(trials)
        #expect(share > 0.93 && share < 0.985, "seed \(seed): \(share)")
    }

    @Test(
        arguments: [
            (0.5, 10, 5), (0.9, 10, 9), (0.99, 300, 297), (0.07, 100, 7), (1.0, 10, 10), (0.0, 10, 1),
            (0.999, 1000, 999),
            (0.5, 11, 6), (0.95, 59, 57),
        ] as [(Double, UInt64, UInt64)])
    func `the rank of a quantile is rounded up exactly`(q: Double, count: UInt64, rank: UInt64) {
        #expect(OrderStatistics.rank(of: q, in: count) == rank)
    }
}
