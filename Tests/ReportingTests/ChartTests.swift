import Foundation
import Reporting
import Testing

@Suite struct `charts` {
    @Test(arguments: [
        (0.0, 1.0, "0"), (1, 1, "0"), (7, 8, "0"), (400, 400, "0"), (416, 500, "0"), (0.03, 0.03, "0"),
        (1_234_567, 1_250_000, "0"), (.infinity, 1, "0"), (-3, 1, "0"),
    ])
    func `have a linear axis that covers the largest value with round ticks`(
        value: Double, upper: Double, first: String
    ) {
        let axis = AxisTicks.linear(to: value)
        #expect(abs(axis.upper - upper) < 1e-9 * max(1, upper))
        #expect(axis.ticks.first?.label == first)
        #expect((3...7).contains(axis.ticks.count))
        if value.isFinite, value > 0 { #expect(axis.position(value) <= 1 && axis.upper >= value) }
    }

    private static let timeAxes: [(end: Double, labels: [String])] = [
        (34.0, ["0", "10 s", "20 s", "30 s"]), (0.5, ["0", "0.1 s", "0.2 s", "0.3 s", "0.4 s", "0.5 s"]),
        (600, ["0", "2 min", "4 min", "6 min", "8 min", "10 min"]),
        (43_200, ["0", "2 h", "4 h", "6 h", "8 h", "10 h", "12 h"]),
    ]

    @Test(arguments: timeAxes)
    func `have a time axis in the unit that suits its length`(end: Double, labels: [String]) {
        #expect(AxisTicks.time(to: end).ticks.map(\.label) == labels)
    }

    @Test func `give every further nine the same length`() {
        let axis = AxisTicks.nines(to: 0.9999)
        let places = [0.9, 0.99, 0.999, 0.9999].map(axis.position)
        for (low, high) in zip(places, places.dropFirst()) { #expect(abs(high - low - 0.25) < 1e-9) }
        #expect(axis.ticks.map(\.label) == ["50 %", "90 %", "99 %", "99.9 %", "99.99 %"])
    }

    @Test func `have a logarithmic axis over whole decades`() {
        let axis = AxisTicks.logarithmic(from: 1.5, to: 305)
        #expect(axis.ticks.map(\.label) == ["1", "10", "100", "1k"])
        #expect(abs(axis.position(10) - 1.0 / 3) < 1e-9)
        #expect(axis.position(0) == 0 && axis.position(1e9) == 1)
    }

    @Test(arguments: [1, 2, 3, 5, 8, 13].map { UInt64($0) })
    func `keep the extremes, the ends and the order of a long series`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let count = Int.random(in: 50...20_000, using: &random)
        let limit = Int.random(in: 4...500, using: &random)
        let points = (0..<count).map { index in
            ChartPoint(
                x: Double(index), y: Bool.random(using: &random) ? Double.random(in: -5...5, using: &random) : nil)
        }
        let short = Downsampler.minMax(points, limit: limit)
        let comment = Comment(rawValue: "seed \(seed), \(count) points to \(limit)")
        #expect(short.count <= max(limit, 4), comment)
        #expect(short.first == points.first && short.last == points.last, comment)
        #expect(short.map(\.x) == short.map(\.x).sorted(), comment)
        #expect(short.compactMap(\.y).min() == points.compactMap(\.y).min(), comment)
        #expect(short.compactMap(\.y).max() == points.compactMap(\.y).max(), comment)
    }

    @Test func `keep a gap as a gap`() {
        let points = (0..<1000).map { ChartPoint(x: Double($0), y: (300..<700).contains($0) ? nil : 1) }
        let short = Downsampler.minMax(points, limit: 100)
        #expect(short.contains { $0.y == nil && (300..<700).contains($0.x) })
    }

    @Test func `escape every name`() {
        let chart = LineChart(
            id: "a\"b", title: "<t>", axis: "&", unit: .count,
            series: [ChartSeries(name: "</script>", style: .first, points: [ChartPoint(x: 0, y: 1)])], end: 1, limit: 10
        )
        let text = chart.render().text
        #expect(!text.contains("<t>") && text.contains("&lt;t&gt;") && text.contains("a&quot;b"))
        #expect(text.components(separatedBy: "</script>").count == 2)
    }
}
