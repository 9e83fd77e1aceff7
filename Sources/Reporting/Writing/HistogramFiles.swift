internal import Foundation
internal import Measure

/// The distributions of a run in the formats of HdrHistogram, for other tools to open.
package struct HistogramFiles: Sendable {
    /// The file's name.
    package let name: String
    /// Its content.
    package let text: String

    /// The distributions of which the first present one is `samples.hgrm`.
    private static let headline = ["fanout.latency", "negotiation.time"]

    /// `samples.hlog`, `samples.hgrm` with the fan-out latency (without chatter the time to negotiated), and in the
    /// folder `hgrm` one file for each distribution that has samples.
    ///
    /// - Parameter document: The run.
    /// - Returns: No file when no distribution was encoded.
    package static func all(of document: ReportDocument) -> [HistogramFiles] {
        let histograms = document.result.histograms.filter { $0.value.count > 0 }.sorted { $0.key < $1.key }
        guard !histograms.isEmpty else { return [] }
        let log = HistogramFiles(name: "samples.hlog", text: Self.log(histograms, of: document.result))
        let curves = histograms.filter { !$0.value.percentiles.isEmpty }
        let main = Self.headline.lazy.compactMap { name in curves.first { $0.key == name } }.first ?? curves.first
        let first = main.map { [HistogramFiles(name: "samples.hgrm", text: Self.table($0.value))] } ?? []
        let tables = curves.map { name, report in
            HistogramFiles(name: "hgrm/\(Self.fileName(name)).hgrm", text: Self.table(report))
        }
        return [log] + first + tables
    }

    /// The log, version 1.3: one line for each distribution over the whole run, its path as the tag.
    ///
    /// Format: <https://github.com/HdrHistogram/HdrHistogram>, `HistogramLogWriter`. The counted unit is stated in a
    /// comment; the maximum of a line is in milliseconds.
    private static func log(_ histograms: [(key: String, value: HistogramReport)], of result: RunResult) -> String {
        let seconds = max(result.series.t.last ?? 0, result.series.phases.map(\.end).max() ?? 0)
        let start = Self.epochSeconds(result.startedAt)
        var lines = [
            "#[signalbench: one line for each distribution, whole run, values in nanoseconds]",
            "#[Histogram log format version 1.3]",
            String(format: "#[StartTime: %.3f (seconds since epoch), ", start) + Self.word(result.startedAt) + "]",
            "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"",
        ]
        for (name, report) in histograms where !report.encoded.isEmpty {
            let times = String(format: "%.3f,%.3f,%.3f", 0.0, seconds, report.max ?? 0)
            lines.append("Tag=\(Self.word(name)),\(times),\(report.encoded)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Seconds since 1970 of an ISO 8601 time with or without a fraction; 0 when it is none.
    private static func epochSeconds(_ time: String) -> Double {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        if let date = formatter.date(from: time) { return date.timeIntervalSince1970 }
        formatter.formatOptions = [.withInternetDateTime]
        return formatter.date(from: time)?.timeIntervalSince1970 ?? 0
    }

    /// The percentile table that the HdrHistogram plotter reads; values in milliseconds.
    private static func table(_ report: HistogramReport) -> String {
        var lines = [
            Self.padded("Value", 12) + Self.padded("Percentile", 15) + Self.padded("TotalCount", 11)
                + " 1/(1-Percentile)", "",
        ]
        let total = Double(report.count + report.censored)
        for point in report.percentiles {
            let count = min(total, (point.quantile * total).rounded(.up))
            let head =
                Self.padded(String(format: "%.3f", point.milliseconds), 12)
                + Self.padded(String(format: "%.12f", point.quantile), 15)
                + Self.padded(String(Int(count)), 11)
            lines.append(
                point.quantile < 1 ? head + Self.padded(String(format: "%.2f", 1 / (1 - point.quantile)), 15) : head)
        }
        lines.append(
            String(format: "#[Mean    = %12.3f, StdDeviation   = %12.3f]", report.mean ?? 0, Self.deviation(report)))
        lines.append(String(format: "#[Max     = %12.3f, Total count    = %12d]", report.max ?? 0, report.count))
        if report.censored > 0 { lines.append("#[Undelivered = \(report.censored)]") }
        lines.append("#[Buckets = \(Self.padded("26", 12)), SubBuckets     = \(Self.padded("2048", 12))]")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The standard deviation in milliseconds, as far as the curve's points tell it.
    private static func deviation(_ report: HistogramReport) -> Double {
        let mean = report.mean ?? 0
        var last = 0.0
        var sum = 0.0
        for point in report.percentiles where point.quantile > last {
            sum += (point.quantile - last) * (point.milliseconds - mean) * (point.milliseconds - mean)
            last = point.quantile
        }
        return last > 0 ? (sum / last).squareRoot() : 0
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// A tag may hold no comma, blank or line break.
    private static func word(_ text: String) -> String {
        String(text.map { $0 == "," || $0.isWhitespace ? "_" : $0 })
    }

    private static func fileName(_ path: String) -> String {
        String(path.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") ? $0 : "_" })
    }
}
