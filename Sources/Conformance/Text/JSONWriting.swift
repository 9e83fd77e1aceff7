import Signaling

/// JSON texts of content.
enum JSONWriting {
    /// A string as JSON text, with its quotes.
    static func string(_ text: String) -> String {
        String(decoding: JSONText.quoted(text.utf8), as: UTF8.self)
    }
}
