internal import Measure

/// One row of the table of all metrics.
struct MetricView: Sendable {
    let name: String
    let value: String
    let meaning: String

    /// All metrics of a run in the order of their paths.
    ///
    /// - Parameter document: The run.
    /// - Returns: One row each.
    static func all(_ document: ReportDocument) -> [MetricView] {
        document.result.metrics.keys.sorted().map { path in
            MetricView(name: path, value: document.shortText(path), meaning: MetricCatalogue.find(path)?.summary ?? "")
        }
    }
}
