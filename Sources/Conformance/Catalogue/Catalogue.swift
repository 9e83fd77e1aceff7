import Foundation
package import Measure

/// The conformance catalogue: all cases, as data.
package struct Catalogue: Codable, Equatable, Sendable {
    /// A date; rises whenever a case is added, changed or retired.
    package var catalogueVersion: String
    /// Ids that are not in use any more and will not be again.
    package var retired: [String]
    package var cases: [CaseInfo]

    /// The catalogue of this version.
    package static let current: Catalogue = {
        do {
            return try JSONDecoder().decode(Catalogue.self, from: Data(PackageResources.catalogue_json.utf8))
        } catch {
            preconditionFailure("the embedded catalogue is damaged: \(error)")
        }
    }()

    /// SHA-256 of the embedded file: tells reports of different catalogues apart.
    package static let sha = SHA256.hexadecimal(Array(PackageResources.catalogue_json.utf8))

    /// The case of that id.
    package subscript(id: String) -> CaseInfo? { self.cases.first { $0.id == id } }

    /// The ids that a list of patterns selects.
    ///
    /// - Parameter patterns: ids or beginnings of ids followed by `*`, separated by commas; nil selects all.
    /// - Returns: the ids, or the first pattern that selects nothing.
    package func select(_ patterns: String?) -> (ids: Set<String>, unmatched: String?) {
        guard let patterns else { return (Set(self.cases.map(\.id)), nil) }
        var ids: Set<String> = []
        for pattern in patterns.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            let word = pattern.uppercased()
            let found = self.cases.map(\.id).filter { id in
                word.hasSuffix("*") ? id.hasPrefix(word.dropLast()) : id == word
            }
            if found.isEmpty { return (ids, pattern) }
            ids.formUnion(found)
        }
        return (ids, nil)
    }
}

/// One case of the catalogue, as its data file says.
package struct CaseInfo: Codable, Equatable, Sendable {
    /// Group and number, such as `DLV-03`; never reused.
    package var id: String
    /// A few words joined by hyphens.
    package var slug: String
    package var level: CaseLevel
    /// Where the case applies, in words.
    package var applies: String
    /// The property, as an invariant over the history.
    package var text: String
    package var references: [String]
    /// Conditions on the declaration, see ``CaseCondition``; one that does not hold makes the case not applicable.
    package var requires: [String]
    /// Declared capabilities that the case puts to the test; one that is unspecified makes the verdict informative.
    package var declares: [String]
    /// Cases that have to pass first.
    package var dependsOn: [String]
    /// Least evidence for a verdict: `messages` pushed and `receivers` that got any, `ids` compared.
    package var evidence: [String: Int]
    /// Sizes in the quick and in the full profile, in words; empty when they are the same.
    package var quick: String
    package var full: String
    /// Catalogue version that brought it, and the last one that changed it.
    package var since: String
    package var changed: String
}

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
