import NIOCore
import Signaling

/// What `relay-routed` makes of a signal: whom it is for, and its text with the sender's own id in `from`.
struct RelayStamp {
    /// Whom a signal is for.
    enum Target: Equatable {
        /// No `sendto`, or one that means nobody in particular: empty, `null`, `false`, zero.
        case room
        case member(UInt64)
        /// A `sendto` that no id can look like.
        case nobody
        /// A signal that cannot be routed at all.
        case invalid(String)
    }

    let target: Target
    /// The signal with `from` replaced, or put in front; nil when it was right already.
    let text: [UInt8]?

    /// Reads a signal.
    ///
    /// - Parameters:
    ///   - signal: one JSON value, known to be sound.
    ///   - id: the sender's id.
    init(_ signal: UnsafeRawBufferPointer, from id: [UInt8]) {
        var walker = JSONWalker(signal)
        var froms: [JSONWalker.Member] = []
        var members: [Range<Int>] = []
        var target: Target?
        do throws(JSONError) {
            try walker.enterObject()
            while let member = try walker.next() {
                if Self.isKey(member, "from", in: signal) { froms.append(member) }
                if target == nil, Self.isKey(member, "sendto", in: signal) {
                    target = Self.target(member.value, in: signal)
                }
                members.append(member.key.lowerBound - 1..<member.value.range.upperBound)
            }
        } catch {
            self.target = .invalid("data is no object")
            self.text = nil
            return
        }
        self.target = target ?? .room
        self.text = Self.isRight(froms, id, in: signal) ? nil : Self.stamped(signal, members, froms, id)
    }

    private static func isKey(
        _ member: JSONWalker.Member, _ name: StaticString, in signal: UnsafeRawBufferPointer
    ) -> Bool {
        let wanted = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        if member.keyIsEscaped {
            return JSONText.unescape(member.key, in: signal).map { $0.elementsEqual(wanted) } ?? false
        }
        return member.key.count == wanted.count && signal[member.key].elementsEqual(wanted)
    }

    private static func target(_ value: JSONWalker.Value, in signal: UnsafeRawBufferPointer) -> Target {
        switch value.kind {
        case .string(let isEscaped):
            if value.content.isEmpty { return .room }
            let text = isEscaped ? JSONText.unescape(value.content, in: signal) : Array(signal[value.content])
            return text.flatMap(RelayMember.id).map(Target.member) ?? .nobody
        case .literal:
            return signal[value.range.lowerBound] == UInt8(ascii: "t") ? .invalid("sendto is no string") : .room
        case .number:
            // Zero in any spelling: no digit but 0 before an exponent.
            let mantissa = signal[value.range].prefix { $0 | 0x20 != UInt8(ascii: "e") }
            let isZero = !mantissa.contains { (0x31...0x39).contains($0) }
            return isZero ? .room : .invalid("sendto is no string")
        case .object, .array:
            return .invalid("sendto is no string")
        }
    }

    private static func isRight(_ froms: [JSONWalker.Member], _ id: [UInt8], in signal: UnsafeRawBufferPointer) -> Bool
    {
        guard froms.count == 1, !froms[0].keyIsEscaped, froms[0].value.kind == .string(isEscaped: false) else {
            return false
        }
        return signal[froms[0].value.content].elementsEqual(id)
    }

    /// Writes the signal again: `from` where it stood first, or else in front; further ones dropped.
    private static func stamped(
        _ signal: UnsafeRawBufferPointer, _ members: [Range<Int>], _ froms: [JSONWalker.Member], _ id: [UInt8]
    ) -> [UInt8] {
        let stamp = Array(#""from":""#.utf8) + id + [UInt8(ascii: "\"")]
        var out: [UInt8] = [UInt8(ascii: "{")]
        out.reserveCapacity(signal.count + stamp.count + 2)
        func separate() { if out.count > 1 { out.append(UInt8(ascii: ",")) } }
        if froms.isEmpty { out += stamp }
        for member in members {
            if let which = froms.firstIndex(where: { $0.key.lowerBound - 1 == member.lowerBound }) {
                guard which == 0 else { continue }
                separate()
                out += stamp
            } else {
                separate()
                out.append(contentsOf: signal[member])
            }
        }
        out.append(UInt8(ascii: "}"))
        return out
    }
}

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
