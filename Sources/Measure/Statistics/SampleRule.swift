/// How many samples a quantile needs before it is worth printing.
package enum SampleRule {
    /// The fewest samples for which an upper 95 % confidence bound of a quantile exists.
    ///
    /// The greatest of n samples lies below the quantile with probability qⁿ; the bound exists once that is at most 5 %.
    ///
    /// - Parameter q: The quantile, 0…1.
    /// - Returns: 5, 29, 59, 299, 2,995 for p50, p90, p95, p99, p99.9; 1 for 0 and for 1, the extremes themselves.
    package static func leastSamples(for q: Double) -> Int {
        guard q > 0, q < 1 else { return 1 }
        var high = 1
        while Self.power(q, high) > 0.05 { high *= 2 }
        var low = high / 2
        while high - low > 1 {
            let middle = (low + high) / 2
            if Self.power(q, middle) > 0.05 { low = middle } else { high = middle }
        }
        return high
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, square, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}
