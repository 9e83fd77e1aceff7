/// The fixed part of a frame, as it was read (RFC 6455 §5.2).
struct WebSocketFrameHeader {
    var isFinal: Bool
    var opcode: WebSocketOpcode
    /// The masking key as it stands in memory; nil when the frame is not masked.
    var mask: UInt32?
    /// Bytes of the header itself.
    var size: Int
    /// Bytes of the payload that follows.
    var length: Int

    /// The longest header: two bytes, eight of length, four of mask.
    static let maxSize = 14

    /// Reads a header.
    ///
    /// - Returns: nil when more bytes are needed.
    @inline(__always)
    static func read(_ bytes: UnsafeRawBufferPointer) throws(WebSocketError) -> WebSocketFrameHeader? {
        guard bytes.count >= 2 else { return nil }
        let first = bytes[0]
        let second = bytes[1]
        guard first & 0x70 == 0 else { throw WebSocketError(.reservedBits) }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else { throw WebSocketError(.reservedOpcode) }
        let isFinal = first & 0x80 != 0
        let short = second & 0x7F
        if opcode.isControl {
            guard isFinal else { throw WebSocketError(.fragmentedControl) }
            guard short < 126 else { throw WebSocketError(.longControl) }
        }
        var size = 2
        var length = Int(short)
        if short == 126 {
            size = 4
            guard bytes.count >= size else { return nil }
            length = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            guard length > 125 else { throw WebSocketError(.badLength) }
        } else if short == 127 {
            size = 10
            guard bytes.count >= size else { return nil }
            let wide = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard wide >> 63 == 0, wide > 0xFFFF else { throw WebSocketError(.badLength) }
            length = Int(wide)
        }
        guard second & 0x80 != 0 else {
            return WebSocketFrameHeader(isFinal: isFinal, opcode: opcode, mask: nil, size: size, length: length)
        }
        guard bytes.count >= size + 4 else { return nil }
        let mask = bytes.loadUnaligned(fromByteOffset: size, as: UInt32.self)
        return WebSocketFrameHeader(isFinal: isFinal, opcode: opcode, mask: mask, size: size + 4, length: length)
    }

    /// Bytes of the header of such a frame.
    static func size(length: Int, isMasked: Bool) -> Int {
        (length < 126 ? 2 : length <= 0xFFFF ? 4 : 10) + (isMasked ? 4 : 0)
    }

    /// Writes the header of an unfragmented frame.
    ///
    /// - Returns: the bytes written.
    @discardableResult
    static func write(
        _ opcode: WebSocketOpcode, length: Int, mask: UInt32?, isFinal: Bool = true,
        to out: UnsafeMutableRawBufferPointer
    ) -> Int {
        out[0] = opcode.rawValue | (isFinal ? 0x80 : 0)
        let flag: UInt8 = mask == nil ? 0 : 0x80
        var size = 2
        if length < 126 {
            out[1] = flag | UInt8(truncatingIfNeeded: length)
        } else if length <= 0xFFFF {
            out[1] = flag | 126
            out.storeBytes(of: UInt16(truncatingIfNeeded: length).bigEndian, toByteOffset: 2, as: UInt16.self)
            size = 4
        } else {
            out[1] = flag | 127
            out.storeBytes(of: UInt64(length).bigEndian, toByteOffset: 2, as: UInt64.self)
            size = 10
        }
        if let mask {
            out.storeBytes(of: mask, toByteOffset: size, as: UInt32.self)
            size += 4
        }
        return size
    }
}
