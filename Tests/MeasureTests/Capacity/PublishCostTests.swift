import Measure
import Testing

struct PublishCostTests {
    private static func points(_ cost: (Double) -> Double) -> [PublishCost.Point] {
        [2.0, 4, 8, 16, 50].map { .init(members: $0, microseconds: cost($0)) }
    }

    @Test(arguments: [(12.0, 7.5), (0, 3), (40, 0)])
    func `planted coefficients come out`(base: Double, perMember: Double) throws {
        let cost = try #require(PublishCost(Self.points { base + perMember * $0 }))
        #expect(cost.fits)
        #expect(abs(cost.base - base) < 1e-6)
        #expect(abs(cost.perMember - perMember) < 1e-6)
    }

    @Test func `a cost that falls with the size is held at no slope, and said not to fit`() throws {
        let cost = try #require(PublishCost(Self.points { 100 / $0 }))
        #expect(cost.perMember == 0)
        #expect(!cost.fits)
        #expect(cost.text.contains("no line"))
    }

    @Test func `two sizes are too few`() {
        #expect(PublishCost(Array(Self.points { $0 }.prefix(2))) == nil)
    }
}
