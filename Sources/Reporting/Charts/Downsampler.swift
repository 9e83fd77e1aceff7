/// Makes long series short without losing their peaks.
package enum Downsampler {
    /// Keeps, of every bucket of neighbouring points, the smallest and the largest value, in their order.
    ///
    /// A bucket without any value becomes one missing point, so that gaps stay visible; the first and the last point
    /// are always kept.
    ///
    /// - Parameters:
    ///   - points: The points in rising order of x.
    ///   - limit: The most points to keep, at least 4.
    /// - Returns: At most `limit` points; the input itself when it is short enough.
    package static func minMax(_ points: [ChartPoint], limit: Int) -> [ChartPoint] {
        let limit = max(4, limit)
        guard points.count > limit, let first = points.first, let last = points.last else { return points }
        var kept = [first]
        for bucket in Self.buckets(count: points.count - 2, most: (limit - 2) / 2) {
            let slice = points[(bucket.lowerBound + 1)..<(bucket.upperBound + 1)]
            let measured = slice.indices.filter { points[$0].y?.isFinite == true }
            let low = measured.min { Self.value(points[$0]) < Self.value(points[$1]) }
            let high = measured.max { Self.value(points[$0]) < Self.value(points[$1]) }
            if let low, let high {
                kept.append(points[min(low, high)])
                if low != high { kept.append(points[max(low, high)]) }
            } else if let middle = slice.first {
                kept.append(ChartPoint(x: middle.x, y: nil))
            }
        }
        kept.append(last)
        return kept
    }

    /// Splits a count of rows into at most so many runs of nearly equal length.
    ///
    /// - Parameters:
    ///   - count: How many rows there are.
    ///   - most: The most buckets to make, at least 1.
    /// - Returns: Ranges of row numbers that cover all rows without gaps.
    package static func buckets(count: Int, most: Int) -> [Range<Int>] {
        let buckets = min(count, max(1, most))
        guard buckets > 0 else { return [] }
        return (0..<buckets).map { (count * $0 / buckets)..<(count * ($0 + 1) / buckets) }
    }

    private static func value(_ point: ChartPoint) -> Double {
        point.y ?? .nan
    }
}
