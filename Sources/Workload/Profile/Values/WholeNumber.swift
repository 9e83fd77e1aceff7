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
