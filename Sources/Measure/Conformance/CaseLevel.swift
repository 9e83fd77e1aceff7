/// How binding a case of the catalogue is.
package enum CaseLevel: String, Codable, CaseIterable, Sendable {
    /// Every backend has to meet it.
    case must = "MUST"
    /// A backend that misses it is told so, and passes.
    case should = "SHOULD"
    /// A backend has to be as it declares itself to be.
    case declared = "DECLARED"
    /// It is measured and told.
    case info = "INFO"
}
