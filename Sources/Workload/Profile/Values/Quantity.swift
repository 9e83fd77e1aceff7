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
