/// One value of a JSON text: what it is, and where.
struct JSONValue: Equatable {
    enum Kind: Equatable {
        case string(isEscaped: Bool)
        case number
        /// `true`, `false` or `null`.
        case literal
        case object
        case array
    }

    var kind: Kind
    /// The whole value, with the quotes of a string.
    var range: Range<Int>

    var isString: Bool {
        if case .string = self.kind { return true }
        return false
    }

    /// The content of a string, without its quotes, still escaped.
    var content: Range<Int> { self.range.lowerBound + 1..<self.range.upperBound - 1 }
}
