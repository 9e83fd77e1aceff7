/// A whole conformance run: every backend against every case.
package struct ConformanceResult: Codable, Equatable, Sendable {
    /// Version of this document.
    package var schema = 1
    /// The catalogue's version, and the SHA-256 of its file.
    package var catalogue: String
    package var catalogueSha: String
    package var profile: String
    package var seed: UInt64
    /// ISO 8601, UTC.
    package var startedAt: String
    /// The catalogue's cases in its order.
    package var titles: [CaseTitle]
    package var backends: [BackendConformance]
    package var interrupted = false

    package init(
        catalogue: String, catalogueSha: String, profile: String, seed: UInt64, startedAt: String,
        titles: [CaseTitle], backends: [BackendConformance] = []
    ) {
        self.catalogue = catalogue
        self.catalogueSha = catalogueSha
        self.profile = profile
        self.seed = seed
        self.startedAt = startedAt
        self.titles = titles
        self.backends = backends
    }

    /// The number that the process ends with: the first of 130, 70, 69, 2, 1, 0 that anything gave.
    package var exitCode: Int32 {
        if self.interrupted { return 130 }
        let codes = Set(self.backends.map(\.exitCode))
        return [70, 69, 2, 1].first(where: codes.contains) ?? 0
    }
}
