import Reporting

extension ResultComparison {
    /// The table for people: what regressed first, what merely describes the runs only when asked for.
    ///
    /// - Parameter isFull: whether metrics without a better side, and those that are equal, are listed, too.
    /// - Returns: lines without a final line break.
    package func text(isFull: Bool) -> String {
        var lines = ["base: \(self.base) (n=\(self.baseTrials))"]
        for candidate in self.candidates {
            lines += ["", "\(candidate.name) (n=\(candidate.trials))"]
            let order: [Finding] = [.regressed, .improved, .noDifference, .inconclusive, .described]
            for finding in order where finding != .described || isFull {
                for row in candidate.rows where row.finding == finding && (isFull || !Self.isMute(row)) {
                    lines.append("  " + self.line(row, trials: candidate.trials))
                }
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Equal figures of which nothing more is known.
    private static func isMute(_ row: Row) -> Bool {
        row.finding == .inconclusive && row.difference == 0
    }

    private func line(_ row: Row, trials: Int) -> String {
        let unit = MetricUnit.of(row.metric)
        var parts = [
            row.metric + ":", Quantity(row.base, unit).text, "→", Quantity(row.candidate, unit).text,
        ]
        if row.base != 0 {
            parts.append("(\(Self.signed(100 * row.difference / row.base)) %)")
        }
        if let lower = row.lower, let upper = row.upper {
            parts.append("95 % [\(Self.signed(lower)), \(Self.signed(upper))]")
        }
        switch row.finding {
        case .regressed: parts.append("REGRESSED")
        case .improved: parts.append("improved")
        case .noDifference: parts.append("no difference shown")
        case .inconclusive: parts.append("inconclusive, n=\(min(self.baseTrials, trials))")
        case .described: break
        }
        return parts.joined(separator: " ")
    }

    private static func signed(_ value: Double) -> String {
        (value > 0 ? "+" : "") + NumberText.significant(value)
    }
}
