import Signaling

/// JSON texts of content.
enum JSONWriting {
    /// A string as JSON text, with its quotes.
    static func string(_ text: String) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        JSONText.appendEscaped(Array(text.utf8), to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }
}
