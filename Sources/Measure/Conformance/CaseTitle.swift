/// What a report says of a case beside its results.
package struct CaseTitle: Codable, Equatable, Sendable {
    package var id: String
    package var slug: String
    package var level: CaseLevel
    package var text: String

    package init(id: String, slug: String, level: CaseLevel, text: String) {
        self.id = id
        self.slug = slug
        self.level = level
        self.text = text
    }
}
