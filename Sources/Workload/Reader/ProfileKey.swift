/// One key that a profile may have.
package struct ProfileKey: Codable, Equatable, Sendable {
    /// From the top: `signaling.candidates.offerer`.
    package var path: String
    /// What may stand there.
    package var form: String
    /// The value when the key is absent; `–` where absence means something that no value says.
    package var standard: String
    /// One sentence.
    package var summary: String
}
