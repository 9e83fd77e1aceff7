import Foundation

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
