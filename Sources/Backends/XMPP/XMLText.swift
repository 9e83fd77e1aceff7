import NIOCore

/// Characters and references of XML 1.0 (§2.4, §4.1).
enum XMLText {
    /// What characters are in content or between quotes.
    static func escaped(_ text: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        for byte in text {
            switch byte {
            case UInt8(ascii: "&"): out += Array("&amp;".utf8)
            case UInt8(ascii: "<"): out += Array("&lt;".utf8)
            case UInt8(ascii: ">"): out += Array("&gt;".utf8)
            case UInt8(ascii: "'"): out += Array("&apos;".utf8)
            case UInt8(ascii: "\""): out += Array("&quot;".utf8)
            case 0x0D: out += Array("&#13;".utf8)
            default: out.append(byte)
            }
        }
        return out
    }

    static func escaped(_ text: String) -> String { String(decoding: self.escaped(text.utf8), as: UTF8.self) }

    /// The signal as content of an element: a parser must not meet `&`, `<` or `]]>`, and would drop a carriage return (§2.11).
    ///
    /// Quotes stay, so that most signals go as they are.
    static func content(_ signal: ByteBuffer) -> ByteBuffer {
        let view = signal.readableBytesView
        func isSpecial(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "&") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == 0x0D
        }
        guard view.contains(where: isSpecial) else { return signal }
        var out = ByteBuffer()
        for byte in view {
            switch byte {
            case UInt8(ascii: "&"): out.writeStaticString("&amp;")
            case UInt8(ascii: "<"): out.writeStaticString("&lt;")
            case UInt8(ascii: ">"): out.writeStaticString("&gt;")
            case 0x0D: out.writeStaticString("&#13;")
            default: out.writeInteger(byte)
            }
        }
        return out
    }

    /// Appends characters without their references, eight bytes at a step.
    ///
    /// What comes is never longer than what was given.
    ///
    /// - Returns: false for a reference that means nothing.
    static func unescape(_ text: UnsafeRawBufferPointer, into out: inout ByteBuffer) -> Bool {
        var isSound = true
        out.writeWithUnsafeMutableBytes(minimumWritableBytes: text.count + 8) { room in
            guard let to = room.baseAddress, let from = text.baseAddress else { return 0 }
            var (read, written) = (0, 0)
            while read < text.count {
                if read + 8 <= text.count {
                    let word = (from + read).loadUnaligned(as: UInt64.self)
                    (to + written).storeBytes(of: word, as: UInt64.self)
                    // A byte that is '&' becomes zero, and the lowest zero byte is where its high bit is set first.
                    let odd = word.littleEndian ^ 0x2626_2626_2626_2626
                    let zeros = (odd &- 0x0101_0101_0101_0101) & ~odd & 0x8080_8080_8080_8080
                    let plain = zeros == 0 ? 8 : zeros.trailingZeroBitCount >> 3
                    read += plain
                    written += plain
                    if zeros == 0 { continue }
                } else if text[read] != UInt8(ascii: "&") {
                    room[written] = text[read]
                    read += 1
                    written += 1
                    continue
                }
                guard let reference = self.reference(text, at: read) else {
                    isSound = false
                    return written
                }
                read += reference.length
                if reference.scalar < 0x80 {
                    room[written] = UInt8(truncatingIfNeeded: reference.scalar)
                    written += 1
                } else if let scalar = Unicode.Scalar(reference.scalar) {
                    for unit in UTF8.encode(scalar) ?? .init() {
                        room[written] = unit
                        written += 1
                    }
                }
            }
            return written
        }
        return isSound
    }

    /// The character that a reference means, and how long the reference is, from `&` to `;`.
    @inline(__always)
    private static func reference(_ text: UnsafeRawBufferPointer, at start: Int) -> (scalar: UInt32, length: Int)? {
        func matches(_ word: StaticString) -> Bool {
            guard start + 1 + word.utf8CodeUnitCount <= text.count else { return false }
            for index in 0..<word.utf8CodeUnitCount where text[start + 1 + index] != word.utf8Start[index] {
                return false
            }
            return true
        }
        guard start + 3 < text.count else { return nil }
        switch text[start + 1] {
        case UInt8(ascii: "q"): return matches("quot;") ? (0x22, 6) : nil
        case UInt8(ascii: "l"): return matches("lt;") ? (0x3C, 4) : nil
        case UInt8(ascii: "g"): return matches("gt;") ? (0x3E, 4) : nil
        case UInt8(ascii: "a"):
            if matches("amp;") { return (0x26, 5) }
            return matches("apos;") ? (0x27, 6) : nil
        case UInt8(ascii: "#"): return self.number(text, at: start)
        default: return nil
        }
    }

    @inline(never)
    private static func number(_ text: UnsafeRawBufferPointer, at start: Int) -> (scalar: UInt32, length: Int)? {
        var at = start + 2
        let isHexadecimal = text[at] == UInt8(ascii: "x")
        if isHexadecimal { at += 1 }
        var value: UInt32 = 0
        let digits = at
        while at < text.count, at - digits < 8, text[at] != UInt8(ascii: ";") {
            guard let digit = Character(Unicode.Scalar(text[at])).hexDigitValue, isHexadecimal || digit < 10 else {
                return nil
            }
            value = value &* (isHexadecimal ? 16 : 10) &+ UInt32(digit)
            at += 1
        }
        guard at > digits, at < text.count, text[at] == UInt8(ascii: ";"), value > 0, Unicode.Scalar(value) != nil
        else { return nil }
        return (value, at - start + 1)
    }
}
