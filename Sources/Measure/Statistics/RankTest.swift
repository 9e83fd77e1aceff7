import Glibc

/// By how much one group of trials differs from another, without assuming a distribution (Hodges and Lehmann 1963).
package struct RankShift: Equatable, Sendable {
    /// The median of all pairwise differences, candidate minus base.
    package var estimate: Double
    /// The interval that holds the true shift with 95 % confidence; nil when there are too few trials for one.
    package var interval: ClosedRange<Double>?
    /// The same with 90 %, for two one-sided tests of 5 % each.
    package var narrow: ClosedRange<Double>?
    /// The probability of a Mann–Whitney statistic at least as extreme when there is no difference, two-sided and exact.
    package var p: Double

    /// Compares two groups; nil when one has no trial.
    ///
    /// The bounds are order statistics of the pairwise differences, chosen by the exact null distribution of the
    /// Mann–Whitney statistic; four trials on each side are the fewest that have any at 95 %.
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
        func interval(_ tail: Double) -> ClosedRange<Double>? {
            Self.rank(base.count, candidate.count, tail: tail).map {
                differences[$0 - 1]...differences[differences.count - $0]
            }
        }
        self.interval = interval(0.025)
        self.narrow = interval(0.05)
        self.p = MannWhitney.p(base, candidate)
    }

    /// The rank of the lower bound: the largest r with P(U < r) ≤ the tail when there is no difference.
    ///
    /// - Returns: nil when even the extremes are not unlikely enough, or the groups are too large to be exact about.
    static func rank(_ m: Int, _ n: Int, tail: Double = 0.025) -> Int? {
        guard m * n <= 10_000 else { return nil }
        let counts = MannWhitney.arrangements(m, n)
        let total = counts.reduce(0, +)
        var sum = 0.0
        var rank = 0
        for count in counts {
            sum += count
            if sum > tail * total { break }
            rank += 1
        }
        return rank > 0 ? rank : nil
    }
}

/// The test of Mann and Whitney (1947) of two groups of independent trials.
package enum MannWhitney {
    /// The two-sided probability of a statistic at least as extreme when both groups come from one distribution.
    ///
    /// Exact, ties included: of all ways to deal the pooled midranks to the groups, twice the share of those on the lesser
    /// side. Beyond 400 pairs of a trial with a trial it is the normal approximation with corrections for ties and for
    /// continuity.
    ///
    /// - Parameters:
    ///   - a: one number for each trial; at least one.
    ///   - b: likewise.
    /// - Returns: 0…1.
    package static func p(_ a: [Double], _ b: [Double]) -> Double {
        let (ranks, ties) = Self.doubledRanks(a, b)
        let sum = ranks.prefix(a.count).reduce(0, +)
        return a.count * b.count <= 400
            ? Self.exact(ranks, a.count, sum) : Self.approximate(a.count, b.count, Double(sum) / 2, ties)
    }

    /// The least probability that groups of these sizes can show: that of complete separation.
    package static func leastP(_ m: Int, _ n: Int) -> Double {
        let counts = Self.arrangements(m, n)
        return min(1, 2 * counts[0] / counts.reduce(0, +))
    }

    /// How many orders of m + n values give each value of U, by the recurrence of Mann and Whitney (1947).
    static func arrangements(_ m: Int, _ n: Int) -> [Double] {
        // Coefficients of the Gaussian binomial: multiply by (1 − q^(n+i)), divide by (1 − q^i).
        var counts = [Double](repeating: 0, count: m * n + 1)
        counts[0] = 1
        for i in 1...m {
            for u in stride(from: m * n, through: n + i, by: -1) { counts[u] -= counts[u - n - i] }
            for u in stride(from: i, through: m * n, by: 1) { counts[u] += counts[u - i] }
        }
        return counts
    }

    /// Twice the midranks of the pooled values, those of `a` first, and the sizes of the groups of equal values.
    private static func doubledRanks(_ a: [Double], _ b: [Double]) -> (ranks: [Int], ties: [Int]) {
        let pooled = a + b
        let order = pooled.indices.sorted { pooled[$0] < pooled[$1] }
        var ranks = [Int](repeating: 0, count: pooled.count)
        var ties: [Int] = []
        var first = 0
        while first < order.count {
            var end = first
            while end < order.count, pooled[order[end]] == pooled[order[first]] { end += 1 }
            for place in first..<end { ranks[order[place]] = first + 1 + end }
            ties.append(end - first)
            first = end
        }
        return (ranks, ties)
    }

    /// Counts the ways to deal by the sum of what the first group gets.
    private static func exact(_ ranks: [Int], _ m: Int, _ sum: Int) -> Double {
        let most = ranks.reduce(0, +)
        var ways = [[Double]](repeating: [], count: m + 1)
        for size in 0...m { ways[size] = [Double](repeating: 0, count: most + 1) }
        ways[0][0] = 1
        for (dealt, rank) in ranks.enumerated() {
            for size in stride(from: min(m, dealt + 1), through: 1, by: -1) {
                for total in stride(from: most, through: rank, by: -1) where ways[size - 1][total - rank] > 0 {
                    ways[size][total] += ways[size - 1][total - rank]
                }
            }
        }
        let all = ways[m].reduce(0, +)
        let lower = ways[m][...sum].reduce(0, +)
        let upper = ways[m][sum...].reduce(0, +)
        return min(1, 2 * min(lower, upper) / all)
    }

    private static func approximate(_ m: Int, _ n: Int, _ rankSum: Double, _ ties: [Int]) -> Double {
        let (m, n) = (Double(m), Double(n))
        let all = m + n
        let u = rankSum - m * (m + 1) / 2
        let tied = ties.reduce(0.0) { $0 + Double($1 * $1 * $1 - $1) }
        let variance = m * n / 12 * (all + 1 - tied / (all * (all - 1)))
        guard variance > 0 else { return 1 }
        let z = max(0, (u - m * n / 2).magnitude - 0.5) / variance.squareRoot()
        return min(1, 2 * NormalLaw.upperTail(z))
    }
}

/// The standard normal distribution.
package enum NormalLaw {
    /// P(Z > z).
    package static func upperTail(_ z: Double) -> Double { erfc(z / 2.0.squareRoot()) / 2 }
}

/// What several tests at once are worth.
package enum Holm {
    /// Adjusts the probabilities of several tests so that the chance of any false alarm stays below the level (Holm 1979).
    ///
    /// - Parameter p: one for each test.
    /// - Returns: in the same order; a test holds where its adjusted one is at most the level.
    package static func adjusted(_ p: [Double]) -> [Double] {
        var adjusted = p
        var greatest = 0.0
        for (place, index) in p.indices.sorted(by: { p[$0] < p[$1] }).enumerated() {
            greatest = max(greatest, min(1, p[index] * Double(p.count - place)))
            adjusted[index] = greatest
        }
        return adjusted
    }
}

/// How small a difference two groups of trials can show.
package enum DetectableEffect {
    /// The shift that a rank test of 5 % finds four times of five, from the spread of the trials.
    ///
    /// That of the t test over the square root of the rank test's efficiency of 3 ÷ π among normal trials.
    ///
    /// - Parameters:
    ///   - a: one number for each trial; of relative shifts their logarithms.
    ///   - b: likewise.
    /// - Returns: in their unit; nil when no group has two trials.
    package static func shift(_ a: [Double], _ b: [Double]) -> Double? {
        let freedom = max(0, a.count - 1) + max(0, b.count - 1)
        guard freedom > 0, !a.isEmpty, !b.isEmpty else { return nil }
        let deviation = ((Self.squares(a) + Self.squares(b)) / Double(freedom)).squareRoot()
        let reach = 1.959_964 + 0.841_621
        return reach * deviation * ((1 / Double(a.count) + 1 / Double(b.count)) / (3 / Double.pi)).squareRoot()
    }

    private static func squares(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
}
