import Measure
import Testing

struct KneeTests {
    private static func points(_ loads: [Double], _ throughput: (Double) -> Double) -> [ScalabilityLaw.Point] {
        loads.map { .init(load: $0, throughput: throughput($0)) }
    }

    @Test func `a server that takes no more has its knee where it is full`() throws {
        let loads = stride(from: 10.0, through: 200, by: 10).map(\.self)
        let knee = try #require(Knee(Self.points(loads) { min($0, 80) * 12 }))
        #expect(knee.load == 80)
        #expect(knee.throughput == 960)
    }

    @Test func `of the example of the paper, −1 ÷ (x + 0.1) + 5 at ten x from 0 to 1, the knee is the third`() throws {
        // Shifted to loads and throughputs above 0.
        let knee = try #require(Knee(Self.points((1...10).map(Double.init)) { 15 - 1 / (($0 - 1) / 9 + 0.1) }))
        #expect(knee.load == 3)
        #expect(abs(knee.distance - 0.536) < 0.001)
    }

    @Test func `repeated trials of a load count as their mean`() throws {
        var points = Self.points([1, 2, 3, 4, 5, 6]) { min($0, 3) }
        points += Self.points([3, 3]) { $0 }
        #expect(Knee(points)?.load == 3)
    }

    @Test func `throughput in proportion to the load has none`() {
        #expect(Knee(Self.points([1, 2, 3, 4, 5, 6]) { $0 * 7 }) == nil)
    }

    @Test func `nor has one that never changes, nor too few loads`() {
        #expect(Knee(Self.points([1, 2, 3, 4, 5, 6]) { _ in 7 }) == nil)
        #expect(Knee(Self.points([1, 2, 3, 4]) { min($0, 2) }) == nil)
    }
}
