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

    @Test func `the interval of the slope holds it, and is wider the more the points scatter`() throws {
        func fitted(_ noise: Double) throws -> PublishCost {
            let points = [2.0, 4, 8, 16, 32, 64].enumerated().map { index, size in
                PublishCost.Point(
                    members: size, microseconds: (20 + 5 * size) * (1 + (index.isMultiple(of: 2) ? noise : -noise)))
            }
            return try #require(PublishCost(points))
        }
        var widths: [Double] = []
        for noise in [0, 0.01, 0.05] {
            let cost = try fitted(noise)
            let (lower, upper) = (try #require(cost.perMemberLower), try #require(cost.perMemberUpper))
            #expect(lower <= 5 + 1e-9 && upper >= 5 - 1e-9, "\(noise): \(lower) … \(upper)")
            widths.append(upper - lower)
        }
        #expect(widths == widths.sorted())
    }

    @Test func `two sizes are too few`() {
        #expect(PublishCost(Array(Self.points { $0 }.prefix(2))) == nil)
    }
}
