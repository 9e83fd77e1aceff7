/// By how much one group of trials differs from another, without assuming a distribution (Hodges and Lehmann 1963).
package struct RankShift: Equatable, Sendable {
    /// The median of all pairwise differences, candidate minus base.
    package var estimate: Double
    /// The interval that holds the true shift with 95 % confidence; `nil` when there are too few trials for one.
    package var interval: ClosedRange<Double>?

    /// Compares two groups; `nil` when one has no trial.
    ///
    /// The bounds are order statistics of the pairwise differences, chosen by the exact null distribution of the
    /// Mann–Whitney statistic; four trials on each side are the fewest that have any.
    ///
    /// - Parameters:
    ///   - base: one number for each trial.
    ///   - candidate: likewise.
    package init?(base: [Double], candidate: [Double]) {
        guard !base.isEmpty, !candidate.isEmpty else { return nil }
        let differences = candidate.flatMap { c in base.map { c - $0 } }.sorted()
        let middle = differences.count / 2
        self.estimate =
            differences.count.isMultiple(of: 2)
            ? (differences[middle - 1] + differences[middle]) / 2 : differences[middle]
        if let rank = Self.rank(base.count, candidate.count) {
            self.interval = differences[rank - 1]...differences[differences.count - rank]
        }
    }

    /// The rank of the lower bound: the largest r with P(U < r) ≤ 2.5 % when there is no difference.
    ///
    /// - Returns: `nil` when even the extremes are not unlikely enough, or the groups are too large to be exact about.
    static func rank(_ m: Int, _ n: Int) -> Int? {
        guard m * n <= 10_000 else { return nil }
        let counts = Self.arrangements(m, n)
        let total = counts.reduce(0, +)
        var sum = 0.0
        var rank = 0
        for count in counts {
            sum += count
            if sum > 0.025 * total { break }
            rank += 1
        }
        return rank > 0 ? rank : nil
    }

    /// How many orders of m + n values give each value of U, by the recurrence of Mann and Whitney (1947).
    private static func arrangements(_ m: Int, _ n: Int) -> [Double] {
        // Coefficients of the Gaussian binomial: multiply by (1 − q^(n+i)), divide by (1 − q^i).
        var counts = [Double](repeating: 0, count: m * n + 1)
        counts[0] = 1
        for i in 1...m {
            for u in stride(from: m * n, through: n + i, by: -1) { counts[u] -= counts[u - n - i] }
            for u in stride(from: i, through: m * n, by: 1) { counts[u] += counts[u - i] }
        }
        return counts
    }
}
