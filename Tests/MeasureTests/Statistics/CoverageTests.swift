import Signaling
import Testing

@testable import Measure

/// How often intervals hold what is true, by simulation with known medians; and how often a comparison sees what is not
/// there.
struct CoverageTests {
    private static let runs = 300
    /// The median of everything that is drawn.
    private static let median: Int64 = 1_000_000

    /// Pairs of a room share its moment: a factor for the room, times one for each pair.
    @Test func `intervals of negotiation times, drawn anew by rooms, cover the true median`() {
        let share = Self.share { run, random in
            let pairs = (0..<60).flatMap { room in
                let moment = random.normal() * 0.5
                return (0..<6).map { _ in
                    let start = Instant(nanoseconds: 1)
                    var pair = PairProgress(
                        sessionA: 0, sessionB: 1, room: Int32(room), start: start, isCensored: false)
                    pair.connectableAt = start + Self.time(moment + 0.5 * random.normal())
                    return PairOutcome(progress: pair, agentA: 0, agentB: 1)
                }
            }
            let clusters = NegotiationClusters(pairs, until: Instant(nanoseconds: .max)).clusters(seed: run)
            #expect(clusters.name == "rooms")
            return clusters.counts
        }
        #expect(share >= 0.93 && share <= 0.97, "\(share)")
    }

    /// Signaling comes in bursts: some seconds have no broadcast, some have several, and the deliveries of each go together.
    @Test func `intervals of the fan-out of signaling, drawn anew by seconds, cover the true median`() {
        let share = Self.share { _, random in
            var intervals = IntervalClusters()
            for _ in 0..<80 {
                let moment = random.normal() * 0.3
                let broadcasts = Int(random.next() % 4)
                let slots = (0..<broadcasts).flatMap { _ in
                    let broadcast = moment + random.normal() * 0.3
                    return (0..<5).map { _ in
                        Int32(BucketLayout.index(of: UInt64(Self.time(broadcast + 0.2 * random.normal()))))
                    }
                }
                let counts = Dictionary(slots.map { ($0, UInt64(1)) }, uniquingKeysWith: +)
                let entries = counts.sorted { $0.key < $1.key }.map {
                    HistogramDelta.Entry(index: $0.key, count: $0.value)
                }
                intervals.add(HistogramDelta(entries: entries, count: UInt64(slots.count), min: 0, max: 0))
            }
            return intervals.clusters
        }
        #expect(share >= 0.93 && share <= 0.97, "\(share)")
    }

    /// Five runs against five of the same: of 200 comparisons of four metrics each, about ten may see a difference.
    @Test func `comparisons of one build with itself raise no more false alarms than they promise`() throws {
        var random = SplitMix64(seed: 2_026)
        var alarms = 0
        for _ in 0..<200 {
            // A run is fast or slow as a whole; its metrics go together, and each has noise of its own.
            let trials = (0..<10).map { _ in
                let run = random.normal() * 0.05
                return (0..<4).map { _ in Double(Self.time(run + 0.05 * random.normal())) }
            }
            let ps = try (0..<4).map { metric in
                let values = trials.map { $0[metric] }
                return try #require(RankShift(base: Array(values[..<5]), candidate: Array(values[5...]))).p
            }
            if Holm.adjusted(ps).contains(where: { $0 <= 0.05 }) { alarms += 1 }
        }
        // Of 200 draws of 5 %, 97.5 % are at most 16; ranks of five and Holm can only make them fewer.
        #expect(alarms <= 16, "\(alarms)")
    }

    /// The share of runs whose interval of the median holds the true one.
    private static func share(_ clusters: (UInt64, inout SplitMix64) -> [HistogramDelta]) -> Double {
        var covered = 0
        for run in 0..<UInt64(Self.runs) {
            var random = SplitMix64(seed: run &* 6_007 &+ 11)
            let bootstrap = ClusterBootstrap(clusters: clusters(run, &random), replicates: 200, seed: run)
            guard let interval = bootstrap.interval(0.5) else { continue }
            if interval.lower <= Self.median, Self.median <= interval.upper { covered += 1 }
        }
        return Double(covered) / Double(Self.runs)
    }

    /// Nanoseconds: the median times a power of e.
    private static func time(_ x: Double) -> Int64 {
        var (term, sum) = (1.0, 1.0)
        for k in 1...12 {
            term *= x / 16 / Double(k)
            sum += term
        }
        for _ in 0..<4 { sum *= sum }
        return Int64(Double(Self.median) * sum)
    }
}

extension SplitMix64 {
    /// A standard normal as the sum of twelve uniform numbers.
    fileprivate mutating func normal() -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + Double(self.next() >> 11) / Double(1 << 53) }
    }
}
