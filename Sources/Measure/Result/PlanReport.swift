/// Which plan was played.
package struct PlanReport: Codable, Equatable, Sendable {
    /// The plan itself: equal digests are equal plans, on every machine.
    package var digest: String
    package var seed: UInt64
    /// The settings that two runs must share to be compared: all but backend, name, description and output.
    package var comparableDigest: String

    package init(digest: String, seed: UInt64, comparableDigest: String) {
        self.digest = digest
        self.seed = seed
        self.comparableDigest = comparableDigest
    }
}
