extension ReportPage {
    /// How much of a long run a page shows.
    struct Detail: Sendable {
        /// The most points of a drawn line.
        var points: Int
        /// The most rows of the time series in the embedded result.
        var rows: Int
        /// Whether the embedded result carries the encoded distributions.
        var withHistograms: Bool

        /// From the fullest to the leanest page.
        static let steps = [
            Detail(points: 1200, rows: 2400, withHistograms: true),
            Detail(points: 800, rows: 1200, withHistograms: true),
            Detail(points: 600, rows: 800, withHistograms: false),
            Detail(points: 300, rows: 200, withHistograms: false),
            Detail(points: 120, rows: 0, withHistograms: false),
        ]
    }
}
