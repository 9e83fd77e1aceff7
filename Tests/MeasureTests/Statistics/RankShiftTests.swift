import Testing

@testable import Measure

struct RankShiftTests {
    @Test(
        arguments: [
            // Lower critical values of U at two-sided 5 % (Mann and Whitney 1947), plus one.
            (3, 3, nil), (3, 5, 1), (4, 4, 1), (5, 5, 3), (6, 6, 6), (8, 8, 14), (10, 10, 24), (1, 30, nil),
        ] as [(Int, Int, Int?)])
    func `the rank of the bound is that of the tables`(m: Int, n: Int, rank: Int?) {
        #expect(RankShift.rank(m, n) == rank)
        #expect(RankShift.rank(n, m) == rank)
    }

    @Test func `single runs have a difference and no interval`() throws {
        let shift = try #require(RankShift(base: [10], candidate: [12]))
        #expect(shift.estimate == 2)
        #expect(shift.interval == nil)
    }

    @Test func `a shift of every trial is found`() throws {
        let shift = try #require(RankShift(base: [10, 11, 12, 13, 14], candidate: [20, 21, 22, 23, 24]))
        #expect(shift.estimate == 10)
        let interval = try #require(shift.interval)
        #expect(interval.lowerBound > 0)
        #expect(interval.contains(10))
    }

    @Test func `the same trials differ by nothing`() throws {
        let values = [1.0, 5, 2, 4, 3, 6]
        let shift = try #require(RankShift(base: values, candidate: values.reversed()))
        #expect(shift.estimate == 0)
        #expect(try #require(shift.interval).contains(0))
    }

    @Test func `without trials there is nothing`() {
        #expect(RankShift(base: [], candidate: [1]) == nil)
        #expect(RankShift(base: [1], candidate: []) == nil)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `the interval holds the truth about as often as it says`(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        var held = 0
        for _ in 0..<200 {
            let base = (0..<6).map { _ in uniform() }
            let candidate = (0..<6).map { _ in uniform() + 0.5 }
            if let interval = RankShift(base: base, candidate: candidate)?.interval, interval.contains(0.5) {
                held += 1
            }
        }
        // 95.9 % at six against six; 200 draws stay above 175 but for one chance in ten million.
        #expect(held >= 175, "seed \(seed)")
    }
}
