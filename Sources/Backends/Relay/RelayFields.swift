import Signaling

/// The members of one text of the relay, in whatever order they came; of a key that stands twice, the first counts.
struct RelayFields {
    var operation: RelayOperation?
    var room: [UInt8]?
    var id: [UInt8]?
    var code: [UInt8]?
    var message: [UInt8]?
    /// Where the signal is, in indices of the buffer.
    var data: Range<Int>?

    /// Reads a whole text.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - start: the index that its first byte has in its buffer.
    /// - Throws: ``JSONError`` when it is not one JSON object.
    init(_ text: UnsafeRawBufferPointer, at start: Int) throws(JSONError) {
        var walker = JSONWalker(text)
        var seen: Set<[UInt8]> = []
        try walker.enterObject()
        while let member = try walker.next() {
            let key = JSONText.unescape(member.key, in: text) ?? Array(text[member.key])
            guard seen.insert(key).inserted else { continue }
            let value = member.value
            let string = value.isString ? JSONText.unescape(value.content, in: text) : nil
            switch String(decoding: key, as: UTF8.self) {
            case "op": self.operation = RelayOperation(value, in: text)
            case "room": self.room = string
            case "id": self.id = string
            case "code": self.code = string
            case "message": self.message = string
            case "data": self.data = start + value.range.lowerBound..<start + value.range.upperBound
            default: break
            }
        }
        try walker.finish()
    }

    /// What an `error` says.
    var refusal: Refusal {
        let code = String(decoding: self.code ?? [], as: UTF8.self)
        let subject: Refusal.Subject =
            switch RelayErrorCode(rawValue: code) {
            case .badRoom, .tooManyRooms: .join
            case .unknownTarget, .notJoined, .tooBig: .send
            case .badMessage, .tooSlow, nil: .other
            }
        return Refusal(code: code, message: String(decoding: self.message ?? [], as: UTF8.self), subject: subject)
    }
}
