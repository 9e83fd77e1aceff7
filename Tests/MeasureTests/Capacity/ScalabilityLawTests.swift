import Glibc
import Measure
import Signaling
import Testing

struct ScalabilityLawTests {
    private static let loads = [1.0, 2, 4, 8, 16, 32, 64, 128]

    private static func points(
        lambda: Double, sigma: Double, kappa: Double, noise: Double = 0, seed: UInt64 = 1
    ) -> [ScalabilityLaw.Point] {
        var random = SplitMix64(seed: seed)
        return self.loads.map { n in
            let gauss = (-2 * log(1 - random.unit())).squareRoot() * cos(2 * .pi * random.unit())
            let x = lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1))
            return .init(load: n, throughput: x * (1 + noise * gauss))
        }
    }

    @Test(arguments: [(1_000.0, 0.02, 0.0005), (40, 0, 0.001), (5e4, 0.1, 0), (7, 0, 0)])
    func `planted coefficients come out`(lambda: Double, sigma: Double, kappa: Double) throws {
        let law = try #require(ScalabilityLaw(Self.points(lambda: lambda, sigma: sigma, kappa: kappa)))
        #expect(law.fits)
        #expect(abs(law.lambda / lambda - 1) < 1e-6)
        #expect(abs(law.sigma - sigma) < 1e-6)
        #expect(abs(law.kappa - kappa) < 1e-8)
    }

    @Test func `the peak of noisy points lies in its interval most of the time`() throws {
        let peak = ((1 - 0.02) / 0.0005).squareRoot()
        var inside = 0
        for seed in 1...UInt64(40) {
            let points = Self.points(lambda: 1_000, sigma: 0.02, kappa: 0.0005, noise: 0.02, seed: seed)
            let law = try #require(ScalabilityLaw(points, seed: seed))
            let (lower, upper) = (try #require(law.peakLower), try #require(law.peakUpper))
            if lower <= peak, peak <= upper { inside += 1 }
        }
        // Eight points are few for a bootstrap: of many such intervals nine in ten hold the peak, not 19 in 20.
        #expect(inside >= 32, "\(inside) of 40")
    }

    @Test func `a fall that no coefficient makes is bounded at zero`() throws {
        // Throughput that rises faster than the load would need σ below 0.
        let points = Self.loads.map { ScalabilityLaw.Point(load: $0, throughput: pow($0, 1.02)) }
        let law = try #require(ScalabilityLaw(points))
        #expect(law.sigma == 0)
        #expect(law.kappa == 0)
    }

    @Test func `beyond twice the largest load it says nothing`() throws {
        let law = try #require(ScalabilityLaw(Self.points(lambda: 10, sigma: 0.01, kappa: 1e-6)))
        #expect(law.throughput(at: 256) != nil)
        #expect(law.throughput(at: 257) == nil)
        #expect(law.peak == nil)
    }

    @Test func `points of another shape are said not to fit`() throws {
        let points = Self.loads.enumerated().map { index, load in
            ScalabilityLaw.Point(load: load, throughput: index.isMultiple(of: 2) ? load : 3 * load)
        }
        let law = try #require(ScalabilityLaw(points))
        #expect(!law.fits)
        #expect(law.text.contains("does not fit"))
        #expect(law.throughput(at: 2) == nil)
    }

    @Test func `five loads are too few`() {
        #expect(ScalabilityLaw(Array(Self.points(lambda: 1, sigma: 0, kappa: 0).prefix(5))) == nil)
    }
}
