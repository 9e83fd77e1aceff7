import Backends
import NIOCore

/// A frame as a peer would write it, right or wrong in every part.
struct RawFrame {
    var isFinal = true
    var reserved: UInt8 = 0
    var opcode: UInt8
    var mask: UInt32?
    var payload: [UInt8]
    /// The length as declared; nil for the payload's own in its shortest form.
    var declared: (form: UInt8, length: UInt64)?

    init(
        _ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, reserved: UInt8 = 0, mask: UInt32? = nil,
        declared: (form: UInt8, length: UInt64)? = nil
    ) {
        self.opcode = opcode
        self.payload = payload
        self.isFinal = isFinal
        self.reserved = reserved
        self.mask = mask
        self.declared = declared
    }

    /// The bytes, written without any of the code under test.
    var bytes: [UInt8] {
        var out: [UInt8] = [(self.isFinal ? 0x80 : 0) | self.reserved << 4 | self.opcode]
        let flag: UInt8 = self.mask == nil ? 0 : 0x80
        let length = self.declared?.length ?? UInt64(self.payload.count)
        let form = self.declared?.form ?? (length < 126 ? UInt8(length) : length <= 0xFFFF ? 126 : 127)
        out.append(flag | form)
        if form == 126 { out += [UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)] }
        if form == 127 { out += (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(56 - 8 * $0)) } }
        guard let mask else { return out + self.payload }
        let key = (0..<4).map { UInt8(truncatingIfNeeded: mask >> UInt32(24 - 8 * $0)) }
        out += key
        return out + self.payload.enumerated().map { $1 ^ key[$0 & 3] }
    }
}

/// Runs a framing over chunks as a connection does.
func decode(
    _ chunks: [ArraySlice<UInt8>], role: WebSocketFraming.Role, maxMessageBytes: Int = 1 << 20
) throws -> [WebSocketMessage] {
    var framing = WebSocketFraming(role: role, maxMessageBytes: maxMessageBytes)
    var received = ReceiveBuffer()
    var messages: [WebSocketMessage] = []
    for chunk in chunks {
        var bytes = received.joined(with: ByteBuffer(bytes: chunk))
        while let message = try framing.next(&bytes) { messages.append(message) }
        received.keep(bytes)
    }
    return messages
}

extension Outbox {
    /// Takes what was said, as bytes.
    mutating func takeBytes() -> [UInt8] { self.takeWire().map { Array($0.readableBytesView) } ?? [] }
}
