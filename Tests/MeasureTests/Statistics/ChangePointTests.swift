import Measure
import Testing

struct ChangePointTests {
    /// Sixty nights about a level, with noise that is always the same.
    private static func nights(_ levels: [(count: Int, level: Double)], noise: Double, seed: UInt64) -> [Double] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        return levels.flatMap { count, level in
            // The sum of four is near enough to normal.
            (0..<count).map { _ in level * (1 + noise * ((0..<4).reduce(0) { sum, _ in sum + uniform() } - 2)) }
        }
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `a step of eight per cent is found at its night`(seed: UInt64) throws {
        let series = Self.nights([(40, 10), (20, 10.8)], noise: 0.02, seed: seed)
        let points = ChangePoints.find(in: series)
        #expect(points.map(\.index) == [40], "seed \(seed)")
        #expect(abs(try #require(points.first).change - 0.08) < 0.02)
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `noise is no change`(seed: UInt64) {
        #expect(ChangePoints.find(in: Self.nights([(120, 10)], noise: 0.05, seed: seed)) == [], "seed \(seed)")
    }

    /// What Apache Otava 0.8 finds in them (`compute_change_points`, windows of fifty, p at most 0.001); the last of the third
    /// is chance at p = 0.00076, as one split of a thousand may be.
    @Test(
        arguments: [(1, [50, 110]), (2, [50, 110]), (3, [50, 110, 163]), (4, [50, 110]), (5, [50, 110])]
            as [(UInt64, [Int])])
    func `several steps are found where Otava finds them, also far beyond one window`(seed: UInt64, indices: [Int]) {
        let series = Self.nights([(50, 10), (60, 12), (70, 9)], noise: 0.02, seed: seed)
        #expect(ChangePoints.find(in: series).map(\.index) == indices)
    }

    @Test func `one bad night is none, and a small step can be asked away`() {
        var series = Self.nights([(60, 10)], noise: 0.02, seed: 5)
        series[30] = 20
        #expect(ChangePoints.find(in: series) == [])
        let step = Self.nights([(40, 10), (20, 10.8)], noise: 0.02, seed: 5)
        #expect(ChangePoints.find(in: step, least: 0.2) == [])
    }

    @Test(arguments: [[], [1], [1, 2], [3, 3, 3, 3], [1, 1, 1, 2, 2, 2]] as [[Double]])
    func `short and still series are no trouble`(series: [Double]) {
        #expect(ChangePoints.find(in: series).count == (series.last == 2 && series.count == 6 ? 1 : 0))
    }

    /// Of `scipy.stats.t.sf`, twice.
    @Test(
        arguments: [
            (2, 5, 0.101_939_478_829_858_26), (3.5, 28, 0.001_576_472_141_235_461_7),
            (0.1, 3, 0.926_652_348_800_805_8), (10, 58, 3.104_089_988_461_615e-14), (1, 1, 0.5),
        ] as [(Double, Double, Double)])
    func `Student's probabilities are SciPy's`(t: Double, freedom: Double, p: Double) {
        #expect(abs(StudentLaw.p(t: t, freedom: freedom) / p - 1) < 1e-10)
    }

    @Test func `two groups are tested as SciPy does`() {
        #expect(abs(StudentLaw.p([1, 2, 3, 4], [3, 4, 5, 6.5]) - 0.074_773_037_859_784_27) < 1e-12)
    }
}
