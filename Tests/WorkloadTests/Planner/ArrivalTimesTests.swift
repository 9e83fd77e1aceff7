import Foundation
import Testing

@testable import Workload

@Suite struct ArrivalTimesTests {
    private func times(_ pattern: Profile.Arrival.Pattern, _ rate: Double, _ count: Int, seed: UInt64 = 1) -> [Int64] {
        var arrival = Profile.Arrival()
        arrival.pattern = pattern
        arrival.rate = Profile.Rate(perSecond: rate)
        return ArrivalTimes.of(arrival, count: count, seed: seed)
    }

    @Test(arguments: [
        (Profile.Arrival.Pattern.constant, 10.0, 4, [0, 100_000_000, 200_000_000, 300_000_000]),
        (.constant, 3.0, 4, [0, 333_333_333, 666_666_667, 1_000_000_000]),
        (.constant, 0.5, 3, [0, 2_000_000_000, 4_000_000_000]),
        (.burst, 10.0, 3, [0, 0, 0]),
        // Four arrivals at up to 2 a second take 4 s; the kth comes at 4 √(k/4).
        (.ramp, 2.0, 4, [2_000_000_000, 2_828_427_125, 3_464_101_615, 4_000_000_000]),
        (.ramp, 50.0, 1, [40_000_000]),
        (.poisson, 50.0, 0, []), (.ramp, 50.0, 0, []), (.constant, 50.0, 0, []),
    ])
    func `a pattern gives these times`(pattern: Profile.Arrival.Pattern, rate: Double, count: Int, expected: [Int64]) {
        #expect(self.times(pattern, rate, count) == expected)
    }

    @Test func `a ramp's rate rises linearly to its end`() {
        let times = self.times(.ramp, 50, 10_000)
        #expect(times.last == 400_000_000_000)
        let lastSecond = times.count { $0 > 399_000_000_000 }
        let halfway = times.count { $0 > 199_500_000_000 && $0 <= 200_500_000_000 }
        #expect(lastSecond == 50)
        #expect(halfway == 25)
    }

    @Test(arguments: [UInt64(1), 2, 3, 99])
    func `poisson gaps are exponential`(seed: UInt64) {
        let count = 20_000
        let times = self.times(.poisson, 50, count, seed: seed)
        #expect(times == times.sorted())
        let gaps = zip(times, [0] + times).map { Double($0 - $1) / 1e9 }
        let mean = gaps.reduce(0, +) / Double(count)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        #expect(abs(mean * 50 - 1) < 0.03, "mean gap \(mean) with seed \(seed)")
        #expect(abs(variance.squareRoot() * 50 - 1) < 0.04, "deviation \(variance.squareRoot()) with seed \(seed)")
        // e^-1 of the gaps are longer than the mean.
        #expect(abs(Double(gaps.count { $0 > 0.02 }) / Double(count) - exp(-1)) < 0.012, "seed \(seed)")
    }

    // Computed apart, with another program's logarithm.
    @Test func `poisson times are these on every machine`() {
        #expect(self.times(.poisson, 50, 3, seed: 1) == [3_669_782, 14_672_874, 15_848_498])
    }

    @Test func `only poisson depends on the seed`() {
        #expect(self.times(.poisson, 50, 10, seed: 1) != self.times(.poisson, 50, 10, seed: 2))
        #expect(self.times(.ramp, 50, 10, seed: 1) == self.times(.ramp, 50, 10, seed: 2))
    }

    @Test func `the logarithm agrees with the C library's`() {
        var worst = 0.0
        var x = 1e-16
        while x < 4 {
            let ours = NaturalLogarithm.of(x)
            let difference = abs(ours - log(x)) / max(abs(log(x)), 1e-300).ulp
            if x < 0.9 || x > 1.1 { worst = max(worst, difference) } else { #expect(abs(ours - log(x)) < 1e-16) }
            x *= 1.000_37
        }
        #expect(worst <= 4, "\(worst) units in the last place")
        #expect(NaturalLogarithm.of(1) == 0)
        #expect(NaturalLogarithm.of(2) == 0.693_147_180_559_945_3)
    }
}
