import Foundation
import Harness

/// Machine-readable output.
enum JSONOutput {
    /// Prints a value as indented JSON with sorted keys.
    ///
    /// - Parameter value: what to print.
    /// - Throws: `HarnessError` (internal error) when it cannot be encoded.
    static func print(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            Swift.print(String(decoding: try encoder.encode(value), as: UTF8.self))
        } catch {
            throw HarnessError(.internalError, "cannot encode the result: \(error)", cure: "", cause: error)
        }
    }
}
