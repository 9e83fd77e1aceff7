/// What a process used over a whole run.
package struct UsageTotals: Equatable, Sendable {
    /// CPU seconds, user and system.
    package var cpuSeconds: Double
    /// Mean cores.
    package var cores: Double
    /// Peak resident memory in bytes.
    package var peakRSS: Double

    /// The generator's totals.
    ///
    /// - Parameter samples: of the whole run.
    /// - Returns: `nil` for an empty list.
    package static func generator(_ samples: [UsageSample]) -> UsageTotals? {
        Self.of(samples.map { ($0.seconds, $0.generatorCPU, $0.generatorRSS) })
    }

    /// The backend's totals over the intervals in which it was seen.
    ///
    /// - Parameter samples: of the whole run.
    /// - Returns: `nil` for a backend whose process is not known.
    package static func backend(_ samples: [UsageSample]) -> UsageTotals? {
        Self.of(
            samples.compactMap { sample in
                guard let cpu = sample.backendCPU, let rss = sample.backendRSS else { return nil }
                return (sample.seconds, cpu, rss)
            })
    }

    private static func of(_ rows: [(seconds: Double, cores: Double, rss: Double)]) -> UsageTotals? {
        let seconds = rows.reduce(0) { $0 + $1.seconds }
        guard seconds > 0 else { return nil }
        let cpuSeconds = rows.reduce(0) { $0 + $1.cores * $1.seconds }
        return UsageTotals(
            cpuSeconds: cpuSeconds, cores: cpuSeconds / seconds, peakRSS: rows.map(\.rss).max() ?? 0)
    }
}
