import Signaling

/// The independent random streams of a plan: changing one profile key leaves the draws of the others as they were.
enum RandomStream: UInt64 {
    case arrival = 1
    case churn = 2
    case calls = 3
    case chatter = 4
    case payload = 5
    case pacing = 6

    /// The seed of this stream.
    func seed(of run: UInt64) -> UInt64 { SplitMix64.mix(run, self.rawValue) }

    /// The seed of this stream for one agent.
    func seed(of run: UInt64, agent: Int) -> UInt64 { SplitMix64.mix(self.seed(of: run), UInt64(agent)) }
}

/// Draws from a uniform 64-bit number, the same on every machine.
enum RandomDraw {
    /// An exponentially distributed span.
    ///
    /// - Parameters:
    ///   - bits: uniform.
    ///   - mean: nanoseconds.
    /// - Returns: nanoseconds, 0 to about 37 times the mean.
    static func exponential(_ bits: UInt64, mean: Double) -> Int64 {
        let uniform = Double((bits >> 11) + 1) * 0x1p-53  // in (0, 1], never 0
        return PlanTime.nanoseconds(-NaturalLogarithm.of(uniform) * mean)
    }

    /// A whole number below `bound`; 0 when there is none.
    static func below(_ bound: Int64, _ bits: UInt64) -> Int64 {
        guard bound > 0 else { return 0 }
        return Int64(bits.multipliedFullWidth(by: UInt64(bound)).high)
    }
}

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

/// Times of a plan as whole nanoseconds.
enum PlanTime {
    /// Far beyond what a plan may take, and small enough that a few of them add up without overflow.
    static let farthest: Int64 = 1 << 60

    /// The nearest whole number, at most ``farthest``.
    static func nanoseconds(_ value: Double) -> Int64 {
        value < Double(self.farthest) ? Int64(value.rounded()) : self.farthest
    }
}
