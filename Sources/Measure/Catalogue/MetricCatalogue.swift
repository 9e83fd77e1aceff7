import Signaling

/// Every metric that a run can have, with its meaning.
package enum MetricCatalogue {
    /// The metrics as families, in the order of the documentation.
    package static let patterns: [MetricInfo] =
        Self.agents + Self.messages + Self.deliveries + Self.kinds + Self.bytes + Self.amplification + Self.negotiation
        + Self.latencies + Self.faults + Self.processes + Self.instrument

    /// Every single metric: the families with their placeholders filled in.
    package static let all: [MetricInfo] = Self.patterns.flatMap(Self.expand)

    private static let index: [String: MetricInfo] = Dictionary(
        Self.all.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })

    /// The metric of a path.
    ///
    /// - Parameter path: For example `fanout.latency.p99`; for a quantile also with `.censored` behind it.
    /// - Returns: Nil when there is no such metric.
    package static func find(_ path: String) -> MetricInfo? {
        if let info = Self.index[path] { return info }
        guard path.hasSuffix(".censored") else { return nil }
        let base = String(path.dropLast(".censored".count))
        guard MetricQuantile(pathOf: base) != nil, let info = Self.index[base] else { return nil }
        return MetricInfo(path, .count, "Samples that never arrived and among which this falls: \(info.summary)")
    }

    /// What a misspelt path was probably meant to be.
    ///
    /// - Parameter path: A path that ``find(_:)`` does not know.
    /// - Returns: A distribution's p99 when only the quantile is missing, else the nearest path; nil when none is near.
    package static func suggestion(for path: String) -> String? {
        if Self.index["\(path).p99"] != nil { return "\(path).p99" }
        for spelling in ["p99.9", "p99_9", "p9990"] where path.hasSuffix(".\(spelling)") {
            let meant = path.dropLast(spelling.count) + "p999"
            if Self.index[String(meant)] != nil { return String(meant) }
        }
        return Spelling.nearest(to: path, among: Self.all.lazy.map(\.path))
    }

    /// Fills in the placeholders of a family.
    private static func expand(_ pattern: MetricInfo) -> [MetricInfo] {
        let kinds = Self.fill("<type>", of: pattern, with: SignalKind.allCases.map { ($0.name, $0.name) })
        let unsent = kinds.flatMap {
            Self.fill("<unsent>", of: $0, with: UnsentReason.allCases.map { ($0.rawValue, $0.meaning) })
        }
        let reasons = unsent.flatMap {
            Self.fill("<reason>", of: $0, with: FailureReason.allCases.map { ($0.rawValue, $0.meaning) })
        }
        let faults = reasons.flatMap {
            Self.fill("<fault>", of: $0, with: FaultReport.kinds.map { ($0, $0) })
        }
        return faults.flatMap {
            Self.fill("<distribution>", of: $0, with: FloorReport.probes.map { ($0.path, $0.path) })
        }
        .flatMap(Self.quantiles)
    }

    private static func fill(
        _ placeholder: String, of pattern: MetricInfo, with values: [(path: String, words: String)]
    ) -> [MetricInfo] {
        guard pattern.path.contains(placeholder) else { return [pattern] }
        return values.map { path, words in
            MetricInfo(
                pattern.path.replacing(placeholder, with: path), pattern.unit,
                pattern.summary.replacing(placeholder, with: words))
        }
    }

    private static func quantiles(of pattern: MetricInfo) -> [MetricInfo] {
        let suffix = ".<quantile>"
        guard pattern.path.hasSuffix(suffix) else { return [pattern] }
        let base = String(pattern.path.dropLast(suffix.count))
        let figures = MetricQuantile.allCases.map { quantile in
            let least = quantile.leastSamples > 1 ? " Absent below \(quantile.leastSamples) samples." : ""
            let words = quantile.words
            return MetricInfo(
                "\(base).\(quantile.rawValue)", pattern.unit,
                "\(words.prefix(1).uppercased())\(words.dropFirst()) of: \(pattern.summary)\(least)")
        }
        return figures + [
            MetricInfo("\(base).samples", .count, "Delivered samples of: \(pattern.summary)"),
            MetricInfo(
                "\(base).censored", .count, "Samples that never arrived, absent when none, of: \(pattern.summary)"),
        ]
    }
}
