/// Decimal spelling of numbers without exponents, the same on every machine.
enum Decimal {
    /// The shortest decimal that reads back as `value`, never with an exponent.
    ///
    /// - Parameter value: finite and not negative.
    /// - Returns: `0.1`, `50`, `0.0000002`.
    static func plain(_ value: Double) -> String {
        if value == value.rounded(), value < 1e15 { return "\(Int64(value))" }
        let text = "\(value)"
        guard let exponentMark = text.firstIndex(where: { $0 == "e" }) else { return text }
        let exponent = Int(text[text.index(after: exponentMark)...]) ?? 0
        let mantissa = text[..<exponentMark].split(separator: ".", omittingEmptySubsequences: false)
        let whole = mantissa.first.map(String.init) ?? "0"
        var fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
        if fraction == "0" { fraction = "" }
        if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + whole + fraction }
        let missing = exponent - fraction.count
        if missing >= 0 { return whole + fraction + String(repeating: "0", count: missing) }
        let point = fraction.index(fraction.startIndex, offsetBy: exponent)
        return whole + fraction[..<point] + "." + fraction[point...]
    }
}
