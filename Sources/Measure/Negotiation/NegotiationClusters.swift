package import Signaling

/// The times of a run's negotiations by room: pairs of one room share the backend's moment and one another's load.
///
/// By second of the planned call where there are too few rooms to draw anew.
package struct NegotiationClusters: Sendable {
    private var rooms: [Int32: [Int64?]] = [:]
    private var seconds: [Int64: [Int64?]] = [:]

    /// - Parameters:
    ///   - pairs: All of the run's.
    ///   - end: When the run ended: what was not called by then is no pair.
    package init(_ pairs: [PairOutcome], until end: Instant) {
        for pair in pairs.map(\.progress) where !pair.isCensored && (pair.connectableAt != nil || pair.start <= end) {
            self.rooms[pair.room, default: []].append(pair.time)
            self.seconds[pair.start.nanoseconds / 1_000_000_000, default: []].append(pair.time)
        }
    }

    /// The clusters and their name.
    package func clusters(seed: UInt64) -> HistogramReport.Clusters {
        let hasFewRooms =
            self.rooms.count < ClusterBootstrap.leastClusters && self.seconds.count > self.rooms.count
        return hasFewRooms
            ? .init(name: "seconds", counts: Self.counts(self.seconds), seed: seed)
            : .init(name: "rooms", counts: Self.counts(self.rooms), seed: seed)
    }

    /// More clusters than this are joined: of so many the interval hardly depends on how many they are.
    private static let mostClusters: Int64 = 240

    private static func counts(_ groups: [some BinaryInteger: [Int64?]]) -> [HistogramDelta] {
        var joined: [Int64: [Int64?]] = [:]
        for (key, times) in groups { joined[Int64(key) % Self.mostClusters, default: []] += times }
        return joined.sorted { $0.key < $1.key }.map { _, times in
            let came = times.compactMap(\.self)
            var counts: [Int: UInt64] = [:]
            for time in came { counts[BucketLayout.index(of: UInt64(max(0, time))), default: 0] += 1 }
            var delta = HistogramDelta(
                entries: counts.sorted { $0.key < $1.key }.map { .init(index: Int32($0.key), count: $0.value) },
                count: UInt64(came.count), min: came.min() ?? 0, max: came.max() ?? 0)
            delta.censored = UInt64(times.count - came.count)
            return delta
        }
    }
}
