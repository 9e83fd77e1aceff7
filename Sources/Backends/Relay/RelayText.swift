import Signaling

/// The texts of the relay's protocol, in the one form in which we write them: keys in a fixed order, no spaces.
enum RelayText {
    /// Everything of a message before its signal: `{"op":"message","room":"…","data":`.
    static func messagePrefix(room: [UInt8]) -> [UInt8] { self.text("message", room: room, end: #","data":"#) }

    /// A whole text that names a room and nothing else.
    static func about(_ operation: RelayOperation, room: [UInt8]) -> [UInt8] {
        self.text(operation.rawValue, room: room, end: "}")
    }

    private static func text(_ operation: String, room: [UInt8], end: String) -> [UInt8] {
        var out = Array(#"{"op":""#.utf8)
        out += Array(operation.utf8)
        out += Array(#"","room":""#.utf8)
        JSONText.appendEscaped(room, to: &out)
        out.append(UInt8(ascii: "\""))
        out += Array(end.utf8)
        return out
    }
}
