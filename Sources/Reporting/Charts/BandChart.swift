/// Percentiles over time as bands: the median as a line, around it the slower half in ever lighter shades.
package struct BandChart: Sendable {
    /// One percentile over time.
    package struct Edge: Sendable {
        /// The name, such as `p99`.
        package var name: String
        /// The values in milliseconds.
        package var points: [ChartPoint]
        /// How its line is drawn.
        package var style: ChartSeries.Style

        /// One percentile over time.
        package init(name: String, points: [ChartPoint], style: ChartSeries.Style) {
            self.name = name
            self.points = points
            self.style = style
        }
    }

    /// The axes and texts around the bands.
    package var frame: ChartFrame
    private let edges: [Edge]
    private let bands: [(lower: [ChartPoint], upper: [ChartPoint])]
    private let rows: [(name: String, style: String, cells: [String])]

    /// A chart of bands over the run's time axis, logarithmic when the edges lie far apart.
    ///
    /// - Parameters:
    ///   - id: The chart's anchor.
    ///   - title: The heading.
    ///   - edges: The percentiles from the lowest to the highest, at the same times, in milliseconds.
    ///   - end: The end of the time axis in seconds.
    ///   - limit: The most points to draw of each edge.
    package init(id: String, title: String, edges: [Edge], end: Double, limit: Int) {
        let values = edges.flatMap { $0.points.compactMap(\.y) }.filter { $0.isFinite && $0 > 0 }
        let (smallest, largest) = (values.min() ?? 0, values.max() ?? 0)
        let isWide = smallest > 0 && largest / smallest > 40
        self.frame = ChartFrame(
            id: id,
            title: title,
            unit: "milliseconds" + (isWide ? ", logarithmic" : ""),
            symbol: " ms",
            horizontal: .time(to: end),
            vertical: isWide ? .logarithmic(from: smallest, to: largest) : .linear(to: largest * 1.04),
            isTime: true
        )
        self.edges = edges.map {
            Edge(name: $0.name, points: Downsampler.minMax($0.points, limit: limit), style: $0.style)
        }
        self.bands = zip(edges, edges.dropFirst()).map { low, high in
            (
                Self.thin(low.points, limit: limit / 2, pick: { $0.min() }),
                Self.thin(high.points, limit: limit / 2, pick: { $0.max() })
            )
        }
        self.rows = edges.map { edge in
            let values = edge.points.compactMap(\.y)
            let cells: [Double?] = [values.min(), values.max(), values.last]
            let texts = cells.map { $0.map { Quantity($0, .milliseconds).text } ?? "not measured" }
            return (edge.name, edge.style.rawValue, texts + [NumberText.fixed(Double(values.count), decimals: 0)])
        }
    }

    /// Draws the chart.
    ///
    /// - Returns: A `figure` element.
    package func render() -> Markup {
        let series = self.edges.map { ChartSeries(name: $0.name, style: $0.style, points: $0.points) }
        return self.frame.render(series: series, heads: ["lowest", "highest", "last", "intervals"], rows: self.rows) {
            area in
            for (index, band) in self.bands.enumerated().reversed() {
                let path = self.frame.area(from: band.lower, to: band.upper)
                area.empty("path", ["class": "band b\(index + 1)", "d": path])
            }
            for line in series {
                area.empty("path", ["class": "line \(line.style.rawValue)", "d": self.frame.path(line.points)])
            }
        }
    }

    /// One point a bucket, so that both edges of a band keep the same times.
    private static func thin(
        _ points: [ChartPoint],
        limit: Int,
        pick: ([Double]) -> Double?
    ) -> [ChartPoint] {
        guard points.count > limit else { return points }
        return Downsampler.buckets(count: points.count, most: limit).map { bucket in
            ChartPoint(x: points[bucket.lowerBound].x, y: pick(points[bucket].compactMap(\.y)))
        }
    }
}
