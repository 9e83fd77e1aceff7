import Signaling

/// The events that the emulator sends, in the one form in which it writes them: fixed order, no spaces, the value last.
enum BaasText {
    /// `2["b",{"err":null,"path":"…","sys":{"path":"…"},` for the event of that letter.
    static func head(_ letter: Character, path: [UInt8]) -> [UInt8] {
        let path = JSONText.quoted(path)
        return Array(#"2["\#(letter)",{"err":null,"path":"#.utf8) + path + Array(#","sys":{"path":"#.utf8) + path
            + Array("},".utf8)
    }

    /// The letter of an event that `on` can ask for.
    static func letter(_ event: [UInt8]) -> Character? {
        switch String(decoding: event, as: UTF8.self) {
        case "push": "b"
        case "set": "c"
        case "remove": "d"
        case "send": "e"
        default: nil
        }
    }

    /// An answer: `2["a",{"callback_id":…,"docs":…}]`.
    static func answer(_ callback: [UInt8], _ docs: [UInt8]) -> [UInt8] {
        Array(#"2["a",{"callback_id":"#.utf8) + callback + Array(#","docs":"#.utf8) + docs + Array("}]".utf8)
    }

    /// What a push, send, set or remove is answered with.
    static func done(path: [UInt8], id: [UInt8]?, value: [UInt8]?) -> [UInt8] {
        var out = Array(#"{"err":null,"path":"#.utf8) + JSONText.quoted(path)
        if let id { out += Array(#","id":"#.utf8) + JSONText.quoted(id) }
        if let value { out += Array(#","value":"#.utf8) + value }
        return out + [UInt8(ascii: "}")]
    }

    static func failed(_ why: String) -> [UInt8] { Array(#"{"err":"\#(why)"}"#.utf8) }
}
