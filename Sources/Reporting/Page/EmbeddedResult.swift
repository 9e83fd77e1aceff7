internal import Foundation
internal import Measure

/// The result as the page carries it: the whole `report.json`, or, after a long run, with a thinned time series.
struct EmbeddedResult: Sendable {
    /// JSON that may stand inside a `script` element.
    let script: String
    /// What was left out, in words.
    let note: String

    /// The result for a page.
    ///
    /// - Parameters:
    ///   - document: The run.
    ///   - rows: The most rows of the time series to keep.
    ///   - withHistograms: Whether to keep the encoded distributions.
    /// - Throws: What encoding throws.
    init(_ document: ReportDocument, rows: Int, withHistograms: Bool) throws {
        var document = document
        var remarks: [String] = []
        let count = document.result.series.t.count
        if count > rows {
            document.result.series = Self.thin(document.result.series, rows: rows)
            remarks.append(
                "its time series has \(document.result.series.t.count) rows instead of \(NumberText.significant(Double(count)))"
                    + ": of neighbouring rows the smallest and the largest value of each column"
            )
        }
        if !withHistograms {
            for key in document.result.histograms.keys { document.result.histograms[key]?.encoded = "" }
            remarks.append("the encoded distributions are left out")
        }
        let json = try ReportCoding.encoder().encode(document)
        self.script = ReportCoding.scriptText(String(decoding: json, as: UTF8.self))
        self.note =
            remarks.isEmpty
            ? "The same as report.json beside this page."
            : "To keep this page small, \(remarks.joined(separator: ", and ")); report.json beside it has everything."
    }

    /// A series with two rows for each run of neighbouring rows: first the smallest, then the largest values.
    static func thin(_ series: SeriesReport, rows: Int) -> SeriesReport {
        let buckets = rows < 2 ? [] : Downsampler.buckets(count: series.t.count, most: rows / 2)
        var thin = series
        thin.t = buckets.flatMap { [series.t[$0.lowerBound], series.t[$0.upperBound - 1]] }
        thin.columns = series.columns.mapValues { values in
            buckets.flatMap { bucket -> [Double?] in
                let known = values[bucket.clamped(to: values.indices)].compactMap { $0 }
                return [known.min(), known.max()]
            }
        }
        return thin
    }
}
