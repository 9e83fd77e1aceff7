package import Measure

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
