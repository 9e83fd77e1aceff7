/// Escaping of text for GitHub-flavoured Markdown, table cells included.
package enum MarkdownText {
    /// Escapes a text so that it is shown as written: no markup, no table column, no mention, no line break.
    ///
    /// - Parameter text: Any string, also a hostile one.
    /// - Returns: The escaped text on one line.
    package static func escape(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out.append(contentsOf: "&amp;".unicodeScalars)
            case "<": out.append(contentsOf: "&lt;".unicodeScalars)
            case ">" where out.isEmpty: out.append(contentsOf: "&gt;".unicodeScalars)
            case "@": out.append(contentsOf: "&#64;".unicodeScalars)
            case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "!":
                out.append("\\")
                out.append(scalar)
            default:
                let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
                out.append(isControl ? " " : scalar)
            }
        }
        return String(out)
    }

    /// Puts a text into a code span that no backtick of its own can end.
    ///
    /// - Parameter text: Any string; line breaks and table bars are replaced.
    /// - Returns: The code span.
    package static func code(_ text: String) -> String {
        let flat = String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : ($0 == "`" ? "'" : $0) })
        )
        return "`" + flat.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") + "`"
    }
}
