import Signaling

/// What counts of one message of a PeerServer; of a key that stands twice, the first counts.
struct PeerJSMessage {
    var type = ""
    var source = ""
    /// What the server says of an error.
    var words = ""
    /// The `connectionId` of the payload.
    var room: [UInt8] = []
    /// Where the signal is, in indices of the buffer.
    var signal: Range<Int>?

    /// - Parameters:
    ///   - text: a whole message.
    ///   - start: the index of its first byte in the buffer.
    /// - Throws: ``JSONError`` when it is not one JSON object.
    init(_ text: UnsafeRawBufferPointer, at start: Int) throws(JSONError) {
        var payload: Range<Int>?
        try JSONWalker.members(of: text) { key, value in
            let string = value.isString ? JSONText.unescape(value.content, in: text) : nil
            switch key {
            case "type": self.type = String(decoding: string ?? [], as: UTF8.self)
            case "src": self.source = String(decoding: string ?? [], as: UTF8.self)
            case "payload" where value.kind == .object: payload = value.range
            default: break
            }
        }
        guard let payload else { return }
        let inner = UnsafeRawBufferPointer(rebasing: text[payload])
        let place = start + payload.lowerBound
        try JSONWalker.members(of: inner) { key, value in
            let string = value.isString ? JSONText.unescape(value.content, in: inner) : nil
            switch key {
            case "connectionId": self.room = string ?? []
            case "msg": self.words = String(decoding: string ?? [], as: UTF8.self)
            case "signal" where value.kind == .object:
                self.signal = place + value.range.lowerBound..<place + value.range.upperBound
            default: break
            }
        }
    }
}
