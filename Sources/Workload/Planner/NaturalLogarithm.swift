/// A natural logarithm that gives the same bits on every machine.
///
/// The C library's differs between systems in the last place, which would change a plan's digest. This one uses only
/// + − × ÷ in a fixed order, which IEEE 754 defines exactly.
enum NaturalLogarithm {
    /// The logarithm of a positive, normal, finite number, within 2 units in the last place.
    static func of(_ x: Double) -> Double {
        // x = m · 2^e with m in [√½, √2), exactly.
        var exponent = Int(x.exponent)
        var mantissa = x.significand
        if mantissa >= 1.414_213_562_373_095_1 {
            mantissa = mantissa / 2
            exponent += 1
        }
        // ln m = 2 artanh f, with f = (m − 1) ÷ (m + 1), |f| ≤ 0.1716; the first term left out is f^25 ÷ 25 < 2^-67.
        let f = (mantissa - 1) / (mantissa + 1)
        let square = f * f
        var sum = 0.0
        for divisor in stride(from: 23.0, through: 3.0, by: -2.0) { sum = (sum + 1 / divisor) * square }
        let logarithm = 2 * f + 2 * f * sum
        return Double(exponent) * 0.693_147_180_559_945_3 + logarithm
    }
}
