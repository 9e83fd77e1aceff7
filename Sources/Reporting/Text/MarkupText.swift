internal import Mustache

/// Escaping of text for HTML and XML, attribute values included.
///
/// It works on Unicode scalars, not on characters: a quote followed by a combining mark is one character to Swift, but
/// still a quote to a browser.
package struct MarkupText: Sendable {
    /// The name under which templates ask for this escaping, in `{{% CONTENT_TYPE: MARKUP}}`.
    static let contentType = "MARKUP"

    /// Escapes a text so that it is only ever text, between tags and inside quoted attributes.
    ///
    /// Control characters that XML 1.0 does not allow become U+FFFD.
    ///
    /// - Parameter text: Any string, also a hostile one.
    /// - Returns: The escaped text.
    package static func escape(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x26: out.append(contentsOf: "&amp;".unicodeScalars)
            case 0x3C: out.append(contentsOf: "&lt;".unicodeScalars)
            case 0x3E: out.append(contentsOf: "&gt;".unicodeScalars)
            case 0x22: out.append(contentsOf: "&quot;".unicodeScalars)
            case 0x27: out.append(contentsOf: "&#39;".unicodeScalars)
            case 0x09, 0x0A, 0x0D: out.append(scalar)
            case 0x00..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: out.append("\u{FFFD}")
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}

extension MarkupText: MustacheContentType {
    package func escapeText(_ text: String) -> String {
        Self.escape(text)
    }
}
