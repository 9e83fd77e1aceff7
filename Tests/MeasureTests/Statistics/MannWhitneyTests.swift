import Testing

@testable import Measure

struct MannWhitneyTests {
    /// Two groups and the probability that SciPy 1.17 gives for them (`mannwhitneyu`, `method="exact"`).
    @Test(
        arguments: [
            ([19, 22, 16, 29, 24], [20, 11, 17, 12], 0.111_111_111_111_111_1),
            ([1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 0.007_936_507_936_507_936),
            (
                [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.90, 0.74, 1.21],
                0.254_412_254_412_254_4
            ),
            ([10.1, 10.4, 9.9, 10.2, 10.0, 10.3], [10.35, 10.6, 10.15, 10.7, 10.5], 0.051_948_051_948_051_95),
        ] as [([Double], [Double], Double)])
    func `an exact probability is SciPy's`(a: [Double], b: [Double], p: Double) {
        #expect(abs(MannWhitney.p(a, b) - p) < 1e-12)
        #expect(abs(MannWhitney.p(b, a) - p) < 1e-12)
    }

    /// With equal values among them: by going through all ways to deal the midranks.
    @Test(
        arguments: [
            ([1, 2, 2, 3, 5], [2, 3, 4, 4, 6], 0.222_222_222_222_222_2), ([1, 1, 1], [1, 1, 1], 1), ([3], [3], 1),
        ] as [([Double], [Double], Double)])
    func `ties are exact, too`(a: [Double], b: [Double], p: Double) {
        #expect(abs(MannWhitney.p(a, b) - p) < 1e-12)
    }

    @Test func `large groups get SciPy's approximation, ties and continuity corrected`() {
        let a = (1...30).map(Double.init)
        #expect(abs(MannWhitney.p(a, a.map { $0 + 3.5 }) - 0.145_319_127_240_865_43) < 1e-9)
        let tiedA = (0..<30).map { Double($0 % 7) }
        let tiedB = (0..<25).map { Double($0 * 3 % 8) }
        #expect(abs(MannWhitney.p(tiedA, tiedB) - 0.422_823_925_041_204_03) < 1e-9)
    }

    @Test(arguments: [(3, 0.1), (4, 0.028_571), (5, 0.007_937), (6, 0.002_165)])
    func `so many trials on each side can show no less`(trials: Int, p: Double) {
        #expect(abs(MannWhitney.leastP(trials, trials) - p) < 1e-6)
    }

    @Test func `Holm adjusts as his paper does`() {
        let adjusted = Holm.adjusted([0.01, 0.04, 0.03, 0.005])
        for (found, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) { #expect(abs(found - expected) < 1e-12) }
        #expect(Holm.adjusted([0.9, 0.8]) == [1, 1])
        #expect(Holm.adjusted([]) == [])
    }

    @Test(
        arguments: [
            (5, 0.02, 0.036), (10, 0.02, 0.026), (20, 0.02, 0.018), (5, 0.05, 0.091), (10, 0.05, 0.064),
            (20, 0.05, 0.045), (5, 0.10, 0.18), (10, 0.10, 0.13), (20, 0.10, 0.09),
        ] as [(Int, Double, Double)])
    func `the detectable effect is that of the tables`(trials: Int, deviation: Double, effect: Double) throws {
        // Two values at a distance give any group its deviation.
        let half = deviation * (Double(trials - 1) / Double(trials)).squareRoot()
        let group: [Double] =
            (0..<trials / 2).flatMap { _ -> [Double] in [-half, half] } + (trials.isMultiple(of: 2) ? [] : [0])
        let scale = trials.isMultiple(of: 2) ? 1 : (Double(trials) / Double(trials - 1)).squareRoot()
        let values = group.map { $0 * scale }
        let found = try #require(DetectableEffect.shift(values, values))
        #expect(abs(found - effect) < 0.006, "\(found)")
    }

    @Test func `one trial on each side detects nothing`() { #expect(DetectableEffect.shift([1], [2]) == nil) }
}
