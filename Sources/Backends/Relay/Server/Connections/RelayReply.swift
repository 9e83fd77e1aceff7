import NIOCore
import Signaling

/// What the server itself says, framed.
enum RelayReply {
    static func welcome(_ member: RelayMember) -> ByteBuffer {
        var text = Array(#"{"op":"welcome","id":""#.utf8)
        text += member.idText
        text += Array(#"","server":"signalbench relay"}"#.utf8)
        return self.frame(text)
    }

    /// Confirms a join; the members are those of the others, where the mode tells.
    static func joined(room: [UInt8], members: [[UInt8]]?) -> ByteBuffer {
        var text = RelayText.about(.joined, room: room)
        guard let members else { return self.frame(text) }
        text.removeLast()
        text += Array(#","members":["#.utf8)
        for (i, id) in members.enumerated() {
            if i > 0 { text.append(UInt8(ascii: ",")) }
            text.append(UInt8(ascii: "\""))
            text += id
            text.append(UInt8(ascii: "\""))
        }
        text += Array("]}".utf8)
        return self.frame(text)
    }

    static func left(room: [UInt8]) -> ByteBuffer { self.frame(RelayText.about(.left, room: room)) }

    static func presence(_ operation: RelayOperation, of member: RelayMember, room: [UInt8]) -> ByteBuffer {
        var text = RelayText.about(operation, room: room)
        text.removeLast()
        text += Array(#","id":""#.utf8)
        text += member.idText
        text += Array(#""}"#.utf8)
        return self.frame(text)
    }

    static func error(_ code: RelayErrorCode, _ message: String, room: [UInt8]? = nil) -> ByteBuffer {
        var text = Array(#"{"op":"error","code":""#.utf8)
        text += Array(code.rawValue.utf8)
        text += Array(#"","message":""#.utf8)
        JSONText.appendEscaped(message.utf8, to: &text)
        text.append(UInt8(ascii: "\""))
        if let room {
            text += Array(#","room":""#.utf8)
            JSONText.appendEscaped(room, to: &text)
            text.append(UInt8(ascii: "\""))
        }
        text.append(UInt8(ascii: "}"))
        return self.frame(text)
    }

    private static func frame(_ text: [UInt8]) -> ByteBuffer {
        var frame = ByteBufferAllocator().buffer(capacity: WebSocketFrameHeader.maxSize + text.count)
        WebSocketFraming.frame(.text, length: text.count, into: &frame) { _ = $0.writeBytes(text) }
        return frame
    }
}
