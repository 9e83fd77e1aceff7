/// A condition of a case on what a backend declares.
///
/// `key` holds when the capability is specified and neither `false`, `none` nor 0; `a|b` when one of several keys does;
/// `key=x|y` when its value is one of these; `key!=x` when it is not (nor is anything unspecified); `key>0` when the
/// number is greater; `key~x` when the list has it.
package struct CaseCondition: Equatable, Sendable {
    package enum Test: Equatable, Sendable {
        case present
        case isOne(of: [String])
        case isNot(String)
        case above(Int)
        case contains(String)
    }

    package var keys: [String]
    package var test: Test

    /// - Parameter text: the condition as written; nil when it is none.
    package init?(_ text: String) {
        func split(_ separator: String) -> (key: String, value: String)? {
            guard let range = text.firstRange(of: separator) else { return nil }
            return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
        }
        if let (key, value) = split("!=") {
            self.keys = [key]
            self.test = .isNot(value)
        } else if let (key, value) = split("=") {
            self.keys = [key]
            self.test = .isOne(of: value.split(separator: "|").map(String.init))
        } else if let (key, value) = split(">") {
            guard let limit = Int(value) else { return nil }
            self.keys = [key]
            self.test = .above(limit)
        } else if let (key, value) = split("~") {
            self.keys = [key]
            self.test = .contains(value)
        } else {
            self.keys = text.split(separator: "|").map(String.init)
            self.test = .present
        }
        if self.keys.isEmpty || self.keys.contains("") { return nil }
    }

    /// Whether a declaration meets it.
    package func holds(for declaration: Declaration) -> Bool {
        self.keys.contains { key in
            let value = declaration[key]
            switch self.test {
            case .present:
                guard let value else { return false }
                return value != .flag(false) && value != .text("none") && value != .number(0)
            case .isOne(let wanted): return value.map { wanted.contains($0.text) } ?? false
            case .isNot(let unwanted): return value.map { $0.text != unwanted } ?? true
            case .above(let limit):
                guard case .number(let number)? = value else { return false }
                return number > limit
            case .contains(let element):
                guard case .list(let list)? = value else { return false }
                return list.contains(element)
            }
        }
    }
}
