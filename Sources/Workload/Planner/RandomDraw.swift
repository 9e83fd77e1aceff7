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
        return Int64((-NaturalLogarithm.of(uniform) * mean).rounded())
    }

    /// A whole number below `bound`; 0 when there is none.
    static func below(_ bound: Int64, _ bits: UInt64) -> Int64 {
        guard bound > 0 else { return 0 }
        return Int64(bits.multipliedFullWidth(by: UInt64(bound)).high)
    }
}
