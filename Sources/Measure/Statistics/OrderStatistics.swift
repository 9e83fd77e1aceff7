/// Quantiles and their confidence intervals from ranks alone, without any assumption about the distribution.
package enum OrderStatistics {
    /// The rank of a quantile among n samples.
    ///
    /// - Parameters:
    ///   - q: The quantile, 0…1.
    ///   - count: How many samples there are, at least 1.
    /// - Returns: The least rank, counted from 1, at or below which a share of `q` of the samples lies.
    package static func rank(of q: Double, in count: UInt64) -> UInt64 {
        // One step down, so that a product such as 0.07 · 100 does not round up into the next rank.
        let exact = Swift.max(0, q.nextDown) * Double(count)
        return Swift.min(Swift.max(1, UInt64(exact.rounded(.up))), count)
    }

    /// The ranks that enclose a quantile with at least 95 % confidence.
    ///
    /// The number of samples below the quantile is binomial (n, q); the ranks are those of its 2.5 % and 97.5 % points
    /// (Joshi, arXiv 2402.19109). Samples must be independent.
    ///
    /// - Parameters:
    ///   - count: How many samples there are.
    ///   - q: The quantile, between 0 and 1.
    /// - Returns: Ranks counted from 1; nil when one of the two lies beyond the samples.
    package static func ranks(count: UInt64, quantile q: Double) -> (lower: UInt64, upper: UInt64)? {
        guard q > 0, q < 1, count > 0 else { return nil }
        let n = Double(count)
        let mode = Swift.min(((n + 1) * q).rounded(.down), n)
        // Terms relative to the one at the mode; beyond these ends they no longer count.
        var below: [Double] = []
        var (term, k) = (1.0, mode)
        while k > 0 {
            term *= k * (1 - q) / ((n - k + 1) * q)
            k -= 1
            if term < 1e-17 { break }
            below.append(term)
        }
        var above: [Double] = []
        (term, k) = (1, mode)
        while k < n {
            term *= (n - k) * q / ((k + 1) * (1 - q))
            k += 1
            if term < 1e-17 { break }
            above.append(term)
        }
        let sum = above.reversed().reduce(0, +) + below.reversed().reduce(0, +) + 1
        let tail = 0.025 * sum
        guard let least = Self.reach(tail, from: below.reversed() + [1] + above) else { return nil }
        guard let most = Self.reach(tail, from: above.reversed() + [1] + below) else { return nil }
        let first = Int64(mode) - Int64(below.count)
        let last = Int64(mode) + Int64(above.count)
        // P(B < lower) ≤ 2.5 % and P(B ≥ upper) ≤ 2.5 %.
        let lower = first + Int64(least)
        let upper = last - Int64(most) + 1
        guard lower >= 1, upper <= Int64(count) else { return nil }
        return (UInt64(lower), UInt64(upper))
    }

    /// The first term at which the running sum exceeds a bound.
    private static func reach(_ bound: Double, from terms: some Sequence<Double>) -> Int? {
        var sum = 0.0
        for (index, term) in terms.enumerated() {
            sum += term
            if sum > bound { return index }
        }
        return nil
    }
}
