import Measure
import Signaling
import Testing

/// What times of negotiations are drawn anew by.
struct NegotiationClustersTests {
    private static let origin = Instant(nanoseconds: 5_000_000_000)

    /// Pairs that need as many milliseconds as their room's number, or never become one where that is nil.
    private static func pairs(rooms: [Int?], each: Int, apart: Int64 = 0) -> [PairOutcome] {
        rooms.enumerated().flatMap { room, time in
            (0..<each).map { number in
                let start = Self.origin + Int64(number) * apart
                var pair = PairProgress(
                    sessionA: Int32(2 * number), sessionB: Int32(2 * number + 1), room: Int32(room), start: start,
                    isCensored: false)
                pair.connectableAt = time.map { start + Int64($0) * 1_000_000 }
                return PairOutcome(progress: pair, agentA: 0, agentB: 1)
            }
        }
    }

    private static func clusters(_ pairs: [PairOutcome], until end: Int64 = 1_000_000_000_000) -> NegotiationClusters {
        NegotiationClusters(pairs, until: Self.origin + end)
    }

    @Test func `pairs that are alike within a room have the intervals of as many rooms`() throws {
        let pairs = Self.pairs(rooms: (1...20).map(\.self), each: 50)
        var histogram = LatencyHistogram()
        for pair in pairs { histogram.record(nanoseconds: try #require(pair.progress.connectableAt) - Self.origin) }
        let report = HistogramReport(histogram, clusters: Self.clusters(pairs).clusters(seed: 1))
        let alone = HistogramReport(histogram)
        let (wide, narrow) = (try #require(report.intervals["p50"]), try #require(alone.intervals["p50"]))
        #expect(report.clusters == "rooms" && alone.clusters == "samples")
        #expect(wide.upper - wide.lower > 3 * (narrow.upper - narrow.lower), "\(wide) \(narrow)")
    }

    @Test func `of one room the seconds of the calls are drawn anew`() {
        let clusters = Self.clusters(Self.pairs(rooms: [7], each: 30, apart: 1_000_000_000)).clusters(seed: 1)
        #expect(clusters.name == "seconds" && clusters.counts.count == 30)
    }

    @Test func `pairs that failed are counted, and those that were never called are not`() {
        let pairs = Self.pairs(rooms: Array(repeating: nil, count: 12), each: 4, apart: 1_000_000_000)
        let counts = Self.clusters(pairs, until: 2_500_000_000).clusters(seed: 1).counts
        #expect(counts.count == 12 && counts.allSatisfy { $0.censored == 3 && $0.count == 0 })
    }

    @Test func `many rooms stand together, and none is left out`() {
        let counts = Self.clusters(Self.pairs(rooms: Array(repeating: 3, count: 500), each: 2)).clusters(seed: 1).counts
        #expect(counts.count == 240 && counts.reduce(0) { $0 + $1.count } == 1000)
    }
}
