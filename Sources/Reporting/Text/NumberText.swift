internal import Foundation

/// Numbers as people read them: grouped thousands, three significant digits, never more than was measured.
package enum NumberText {
    /// A number with a fixed count of decimals and grouped thousands.
    ///
    /// - Parameters:
    ///   - value: The number.
    ///   - decimals: Digits after the point.
    /// - Returns: For example `1,234.50`.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "not a number" : (value < 0 ? "−∞" : "∞") }
        let plain = String(format: "%.\(decimals)f", abs(value))
        let parts = plain.split(separator: ".")
        var grouped = ""
        let whole = parts.first.map(String.init) ?? "0"
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        let isZero = !plain.contains { $0 != "0" && $0 != "." }
        let fraction = parts.count > 1 ? "." + parts[1] : ""
        return (value < 0 && !isZero ? "−" : "") + grouped + fraction
    }

    /// A number with three significant digits, or all digits when it is a whole number.
    ///
    /// - Parameter value: The number.
    /// - Returns: For example `0.0123`, `1.23`, `123` or `1,234,567`.
    package static func significant(_ value: Double) -> String {
        let size = abs(value)
        guard value.isFinite else { return self.fixed(value, decimals: 0) }
        if size < 1e15, value == value.rounded() { return self.fixed(value, decimals: 0) }
        switch size {
        case 100...: return self.fixed(value, decimals: 0)
        case 10..<100: return self.fixed(value, decimals: 1)
        case 1..<10: return self.fixed(value, decimals: 2)
        case 0.1..<1: return self.fixed(value, decimals: 3)
        case 0.01..<0.1: return self.fixed(value, decimals: 4)
        default: return String(format: "%.2e", value)
        }
    }

    /// A short form for axis labels, such as `1.5k` or `20M`.
    ///
    /// - Parameter value: The number.
    /// - Returns: At most five or six characters.
    package static func short(_ value: Double) -> String {
        let steps: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        for (size, letter) in steps where abs(value) >= size * 0.9995 {
            return self.trimmed(value / size) + letter
        }
        return self.trimmed(value)
    }

    /// A number with up to three significant digits and no zeros after them.
    private static func trimmed(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        let digits = max(0, 2 - Int(log10(abs(value)).rounded(.down)))
        var text = self.fixed(value, decimals: min(digits, 6))
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
