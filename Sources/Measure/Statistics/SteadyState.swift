/// Where a series settles, and whether it does (`measurement.md` 1.3).
package enum SteadyState: Equatable, Sendable {
    /// It is steady from the first row on.
    case flat
    /// It is steady from a row on, after rows that were worse.
    case warmup(until: Int)
    /// It is steady from a row on, after rows that were better.
    case slowdown(until: Int)
    /// It never settles.
    case none

    /// What the class is called in reports.
    package var name: String {
        switch self {
        case .flat: "flat"
        case .warmup: "warm-up"
        case .slowdown: "slowdown"
        case .none: "none"
        }
    }

    /// Whether a run that is like this may be summed up in one number.
    package var isSteady: Bool {
        switch self {
        case .flat, .warmup: true
        case .slowdown, .none: false
        }
    }

    /// Rows that belong to one batch of MSER-5.
    package static let batch = 5

    /// Fewer batches than this say nothing.
    private static let leastBatches = 4

    /// The classification of a series by MSER-5 (White 1997).
    ///
    /// Batch means of five rows; the truncation point minimises the squared standard error of what is left. A minimum in
    /// the second half is no steady state. What was cut is a warm-up or a slowdown by whether it was worse or better
    /// than the rest, and nothing when its mean lies within the scatter of the rest.
    ///
    /// - Parameters:
    ///   - series: One value a row, without gaps.
    ///   - higherIsWorse: Of times and processor use; not of throughput.
    /// - Returns: nil when the series is too short to say.
    package static func classify(_ series: [Double], higherIsWorse: Bool = true) -> SteadyState? {
        let batches = series.count / Self.batch
        guard batches >= Self.leastBatches else { return nil }
        let means = (0..<batches).map { Self.mean(series[$0 * Self.batch..<($0 + 1) * Self.batch]) }
        guard let cut = Self.truncation(means) else { return SteadyState.none }
        guard cut > 0 else { return .flat }
        let head = Self.mean(means[..<cut])
        let rest = means[cut...]
        let level = Self.mean(rest)
        let scatter = Self.deviation(rest, around: level)
        // Two deviations, and a share of the level, because a still series has no scatter at all.
        guard (head - level).magnitude > max(2 * scatter, 0.05 * level.magnitude) else { return .flat }
        let isWorse = (head > level) == higherIsWorse
        return isWorse ? .warmup(until: cut * Self.batch) : .slowdown(until: cut * Self.batch)
    }

    /// The truncation point of MSER: how many values to leave out; nil when it lies in the second half.
    static func truncation(_ values: [Double]) -> Int? {
        var best = (at: 0, score: Double.infinity)
        // The last few points decide too little to be compared.
        for cut in 0...max(0, values.count - 5) {
            let rest = values[cut...]
            let mean = Self.mean(rest)
            let squares = rest.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let score = squares / Double(rest.count * rest.count)
            if score < best.score { best = (cut, score) }
        }
        return best.at * 2 > values.count ? nil : best.at
    }

    private static func mean(_ values: ArraySlice<Double>) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    private static func deviation(_ values: ArraySlice<Double>, around mean: Double) -> Double {
        guard values.count > 1 else { return 0 }
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }
}
