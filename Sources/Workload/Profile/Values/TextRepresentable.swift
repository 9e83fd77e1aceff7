/// A setting that is written as one scalar: `20s`, `50/s`, `10%`, `auto`.
///
/// The same text stands in a profile, behind `--set`, and in the `profile` member of a report, so a report's profile
/// can be run again as it is.
package protocol TextRepresentable: Codable, Equatable, Sendable, CustomStringConvertible {
    /// Reads the scalar.
    ///
    /// - Parameter text: the scalar as written, without quotes.
    /// - Throws: what is wrong with it, and what was probably meant.
    init(text: String) throws(ProfileTextError)

    /// The canonical spelling; reading it back gives an equal value.
    var text: String { get }
}

extension TextRepresentable {
    package var description: String { self.text }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            try self.init(text: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' \(error.message)")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.text)
    }
}
