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

    /// Rows that belong to one batch of MSER-5 at most; shorter series have smaller batches.
    package static let batch = 5

    /// Fewer batches than this say nothing.
    private static let leastBatches = 10

    /// The classification of a series by MSER-5 (White 1997).
    ///
    /// Batch means of five rows, fewer where there would not be ten batches; the truncation point minimises the squared
    /// standard error of what is left. What was cut counts only when its mean lies beyond the scatter of the rest. It is
    /// then a warm-up or a slowdown by whether it was worse or better than the rest; a cut in the second half is no
    /// steady state, unless what lies between it and the best cut of the first half is level with the rest: of a few
    /// batches that differ by chance, any may have the least error.
    ///
    /// - Parameters:
    ///   - series: One value a row, without gaps.
    ///   - higherIsWorse: Of times and processor use; not of throughput.
    /// - Returns: nil when the series is too short to say.
    package static func classify(_ series: [Double], higherIsWorse: Bool = true) -> SteadyState? {
        guard series.count >= Self.leastBatches else { return nil }
        let size = min(Self.batch, series.count / Self.leastBatches)
        let means = (0..<series.count / size).map { Self.mean(series[$0 * size..<($0 + 1) * size]) }
        var cut = Self.truncation(means, before: means.count)
        if cut * 2 >= means.count {
            let early = Self.truncation(means, before: (means.count + 1) / 2)
            let rest = means[cut...]
            let level = Self.mean(rest)
            let difference = (Self.mean(means[early..<cut]) - level).magnitude
            let isLevel = difference <= max(1.5 * Self.deviation(rest, around: level), 0.1 * level.magnitude)
            if isLevel { cut = early }
        }
        guard cut > 0 else { return .flat }
        let head = Self.mean(means[..<cut])
        let rest = means[cut...]
        let level = Self.mean(rest)
        let scatter = Self.deviation(rest, around: level)
        // Two deviations, and a share of the level, because a still series has no scatter at all.
        guard (head - level).magnitude > max(2 * scatter, 0.1 * level.magnitude) else { return .flat }
        guard cut * 2 < means.count else { return SteadyState.none }
        let isWorse = (head > level) == higherIsWorse
        return isWorse ? .warmup(until: cut * size) : .slowdown(until: cut * size)
    }

    /// The truncation point of MSER: how many values to leave out, fewer than `limit` and at least five being left.
    static func truncation(_ values: [Double], before limit: Int) -> Int {
        var best = (at: 0, score: Double.infinity)
        // The last few points decide too little to be compared.
        for cut in 0...max(0, min(limit - 1, values.count - 5)) {
            let rest = values[cut...]
            let mean = Self.mean(rest)
            let squares = rest.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let score = squares / Double(rest.count * rest.count)
            if score < best.score { best = (cut, score) }
        }
        return best.at
    }

    private static func mean(_ values: ArraySlice<Double>) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    private static func deviation(_ values: ArraySlice<Double>, around mean: Double) -> Double {
        guard values.count > 1 else { return 0 }
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }
}

/// How the latencies of a run's steady phase went, as the report says it.
package struct SteadyStateReport: Codable, Equatable, Sendable {
    private enum CodingKeys: String, CodingKey {
        case name = "class"
        case until, rows, sentence
    }

    /// `flat`, `warm-up`, `slowdown`, `none`.
    package var name: String
    /// Seconds into the steady phase at which it settled; absent when it was flat or never did.
    package var until: Double?
    /// Intervals of the series that were judged.
    package var rows: Int
    /// What that means; one sentence.
    package var sentence: String

    /// Whether the figures of the steady phase are those of one state.
    package var isSteady: Bool { self.name == SteadyState.flat.name }

    /// The classification of the median fan-out latency in each interval of the steady phase.
    ///
    /// Nil without a steady phase, or with too few intervals in which anything was received.
    ///
    /// - Parameter series: The run's.
    package init?(_ series: SeriesReport) {
        guard let steady = series.phases.first(where: { $0.name == "steady" }),
            let column = series.columns["fanout.p50"]
        else { return nil }
        let rows = zip(series.t, column).filter { $0.0 - series.interval >= steady.start - 0.1 && $0.0 <= steady.end }
            .compactMap { time, value in value.map { (time: time, value: $0) } }
        guard let state = SteadyState.classify(rows.map(\.value)) else { return nil }
        self.name = state.name
        self.rows = rows.count
        switch state {
        case .flat:
            self.sentence = "median fan-out latency is level over the steady phase"
        case .warmup(let row):
            self.until = max(0, rows[row].time - series.interval - steady.start)
            self.sentence =
                "The run was not steady: latency was higher until \(FixedDecimal.short(self.until ?? 0)) s into the steady "
                + "phase; lengthen phases.warmup by that"
        case .slowdown(let row):
            self.until = max(0, rows[row].time - series.interval - steady.start)
            self.sentence =
                "The run was not steady: latency rose \(FixedDecimal.short(self.until ?? 0)) s into the steady phase and "
                + "stayed; one figure does not stand for both parts"
        case .none:
            self.sentence =
                "The run was not steady: latency never settled over the steady phase, so its figures depend on the length"
        }
    }
}
