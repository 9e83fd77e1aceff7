import Measure
import Testing

struct SampleRuleTests {
    @Test(arguments: [
        (0.5, 5), (0.9, 29), (0.95, 59), (0.99, 299), (0.999, 2995), (0.9999, 29_956), (0.0, 1), (1.0, 1),
    ])
    func `the least sample counts are the published ones`(q: Double, least: Int) {
        #expect(SampleRule.leastSamples(for: q) == least)
    }

    @Test(arguments: [(0, nil), (1, 1), (3, 1), (30, 0.1), (30_000, 0.0001)] as [(UInt64, Double?)])
    func `nothing lost of n bounds the loss ratio by three in n`(deliveries: UInt64, bound: Double?) {
        #expect(LossBound.withoutLoss(of: deliveries) == bound)
    }
}
