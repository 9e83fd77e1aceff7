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
        try JSONWalker.members(of: text) { key, value in
            let string = value.isString ? JSONText.unescape(value.content, in: text) : nil
            switch key {
            case "op": self.operation = RelayOperation(value, in: text)
            case "room": self.room = string
            case "id": self.id = string
            case "code": self.code = string
            case "message": self.message = string
            case "data": self.data = start + value.range.lowerBound..<start + value.range.upperBound
            default: break
            }
        }
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

/// The values of `op` in the relay's protocol.
enum RelayOperation: String {
    // Server to client.
    case welcome
    case joined
    case left
    case peerJoined = "peer-joined"
    case peerLeft = "peer-left"
    case error
    // Both ways.
    case message
    // Client to server.
    case join
    case leave

    /// Reads the value of `op`.
    init?(_ value: JSONWalker.Value, in bytes: UnsafeRawBufferPointer) {
        guard value.isString, let name = JSONText.unescape(value.content, in: bytes) else { return nil }
        self.init(rawValue: String(decoding: name, as: UTF8.self))
    }
}

/// The values of `code` in an `error` of the relay.
enum RelayErrorCode: String, CaseIterable {
    /// Not JSON, not an object, an unknown `op`, or a member missing or of the wrong type.
    case badMessage = "bad-message"
    /// A room name that is empty or too long.
    case badRoom = "bad-room"
    /// A message for a room, or a leave of one, that the client is not in.
    case notJoined = "not-joined"
    /// `sendto` names nobody in the room; only `relay-routed`.
    case unknownTarget = "unknown-target"
    /// Over the limit; the connection is closed with 1009.
    case tooBig = "too-big"
    /// The member's queue is full; the connection is closed with 1008.
    case tooSlow = "too-slow"
    /// In as many rooms as one client may be.
    case tooManyRooms = "too-many-rooms"
}

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
