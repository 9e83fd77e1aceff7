/// Where more load stops to pay: the knee of throughput over load.
///
/// Kneedle (Satopää, Albrecht, Irwin, Raghavan 2011) on the means of each load, without smoothing: of the curve in the
/// unit square, the point farthest above the diagonal. A hint beside the answer, which the goals alone give.
package struct Knee: Codable, Equatable, Sendable {
    package var load: Double
    package var throughput: Double
    /// How far above the diagonal it lies, of the height of the curve.
    package var distance: Double

    /// Loads that it needs at the least.
    package static let leastPoints = 5
    /// A curve that stays closer to its diagonal has no knee.
    package static let leastDistance = 0.1

    /// Finds the knee; nil with fewer than five different loads, and where throughput grows as load does.
    ///
    /// - Parameter points: measured with the generator fit.
    package init?(_ points: [ScalabilityLaw.Point]) {
        let points = points.filter { $0.load > 0 && $0.throughput > 0 && ($0.load * $0.throughput).isFinite }
        let means = Dictionary(grouping: points, by: \.load).map { load, all in
            ScalabilityLaw.Point(load: load, throughput: all.reduce(0) { $0 + $1.throughput } / Double(all.count))
        }.sorted { $0.load < $1.load }
        guard means.count >= Self.leastPoints, let first = means.first, let last = means.last else { return nil }
        let low = means.map(\.throughput).min() ?? 0
        let height = (means.map(\.throughput).max() ?? 0) - low
        guard height > 0 else { return nil }
        let found = means.map { point in
            let x = (point.load - first.load) / (last.load - first.load)
            return (point: point, distance: (point.throughput - low) / height - x)
        }.max { $0.distance < $1.distance }
        guard let found, found.distance >= Self.leastDistance else { return nil }
        self.load = found.point.load
        self.throughput = found.point.throughput
        self.distance = found.distance
    }
}
