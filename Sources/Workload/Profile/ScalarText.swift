/// A setting that is written as one scalar: `20s`, `50/s`, `10%`, `auto`.
///
/// The same text stands in a profile, behind `--set`, and in the `profile` member of a report, so a report's profile
/// can be run again as it is.
package protocol TextRepresentable: Equatable, Sendable, CustomStringConvertible {
    /// Reads the scalar.
    ///
    /// - Parameter text: the scalar as written, without quotes.
    /// - Throws: what is wrong with it, and what was probably meant.
    init(text: String) throws(ProfileTextError)

    /// The canonical spelling; reading it back gives an equal value.
    var text: String { get }
}

extension TextRepresentable {
    package var description: String { self.text }
}

/// What is wrong with a scalar, worded to follow its quoted text: "'20sec' has no known unit".
package struct ProfileTextError: Error, Equatable, Sendable {
    /// The rest of a sentence that begins with the scalar.
    package var message: String
    /// What was probably meant.
    package var suggestion: String?

    package init(_ message: String, suggestion: String? = nil) {
        self.message = message
        self.suggestion = suggestion
    }
}

/// A decimal number and the letters behind it, as in `1.5s` or `50/s`.
struct Quantity {
    /// The digits as written.
    var number: String
    var value: Double
    /// Everything behind the number, without blanks around it; may be empty.
    var unit: String

    /// Splits a scalar.
    ///
    /// - Parameters:
    ///   - text: the scalar; underscores between digits are allowed, signs and exponents are not.
    ///   - kind: what it should have been, with its article.
    ///   - example: a correct spelling, for the message.
    /// - Throws: that it is not such a quantity.
    init(text: String, kind: String, example: String) throws(ProfileTextError) {
        let end = text.firstIndex { !($0.isASCII && $0.isNumber) && $0 != "." && $0 != "_" } ?? text.endIndex
        self.number = String(text[..<end])
        self.unit = String(text[end...].drop { $0 == " " })
        let digits = self.number.filter { $0 != "_" }
        guard let first = digits.first, first != ".", digits.last != ".", let value = Double(digits) else {
            if text.hasPrefix("-") { throw ProfileTextError("is negative") }
            throw ProfileTextError("is not \(kind) such as \(example)")
        }
        self.value = value
    }
}

/// Whole numbers as profiles write them.
enum WholeNumber {
    /// Reads a whole number; underscores may stand between digits.
    ///
    /// - Parameters:
    ///   - text: the scalar.
    ///   - keyword: a word that would also have been right, for the message.
    ///   - range: what is allowed.
    /// - Returns: the number.
    /// - Throws: that it is none, or out of range.
    static func parse<Number: FixedWidthInteger>(
        _ text: String, or keyword: String? = nil, in range: ClosedRange<Number>
    ) throws(ProfileTextError) -> Number {
        let digits = text.filter { $0 != "_" }
        guard let number = Number(digits), !digits.hasPrefix("+") else {
            let isNumber = !digits.isEmpty && digits.drop { $0 == "-" }.allSatisfy { $0.isASCII && $0.isNumber }
            if isNumber { throw ProfileTextError(self.outside(range)) }
            let also = keyword.map { ", and not \($0)" } ?? ""
            let rounded = Double(digits).flatMap { Number(exactly: $0.rounded()) }
            throw ProfileTextError("is not a whole number\(also)", suggestion: rounded.map { "\($0)" })
        }
        guard range.contains(number) else { throw ProfileTextError(self.outside(range)) }
        return number
    }

    private static func outside<Number: FixedWidthInteger>(_ range: ClosedRange<Number>) -> String {
        if range.upperBound == .max { return "is below \(range.lowerBound)" }
        return "is not between \(range.lowerBound) and \(range.upperBound)"
    }
}

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
