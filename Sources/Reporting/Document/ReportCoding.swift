package import Foundation

/// How reports are written as JSON: sorted keys, plain slashes, the same bytes for the same report.
package enum ReportCoding {
    /// An encoder for reports.
    ///
    /// - Parameter isPretty: Whether the JSON is indented.
    /// - Returns: A new encoder.
    package static func encoder(isPretty: Bool = false) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            isPretty
            ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            : [
                .sortedKeys, .withoutEscapingSlashes,
            ]
        return encoder
    }

    /// JSON that may stand inside a `script` element of a page.
    ///
    /// A `<` occurs in JSON only inside strings, so `</script>` and `<!--` are both disarmed by escaping it.
    ///
    /// - Parameter json: Any JSON text.
    /// - Returns: The same JSON value without any `<`.
    package static func scriptText(_ json: String) -> String {
        json.replacing("<", with: "\\u003c")
    }
}
