/// Numbers as text with a fixed number of decimals, always with a point.
package enum FixedDecimal {
    /// A number as text.
    ///
    /// - Parameters:
    ///   - value: Any number; beyond 9·10¹⁵ steps of the last decimal, and when not finite, Swift's own text is given.
    ///   - decimals: Digits behind the point.
    /// - Returns: For example `12.30`.
    package static func text(_ value: Double, decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled.isFinite, scaled < 9e15 else { return "\(value)" }
        let digits = String(Int64(scaled))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// The same, filled with spaces from the left.
    package static func text(_ value: Double, decimals: Int, width: Int) -> String {
        Self.padded(Self.text(value, decimals: decimals), width: width)
    }

    /// Text filled with spaces from the left.
    package static func padded(_ text: String, width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// A number with as few decimals as show three digits: `0.042`, `4.2`, `1234`.
    package static func short(_ value: Double) -> String {
        let size = value.magnitude
        let decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
        var text = Self.text(value, decimals: decimals)
        guard decimals > 0, text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
