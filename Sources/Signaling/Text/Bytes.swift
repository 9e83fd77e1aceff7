/// Eight bytes in one register, the earliest lowest, examined together.
enum ByteWord {
    static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    @inline(__always)
    static func repeating(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// The high bit of each byte that is at least `bound`; every byte and the bound must be below 0x80.
    @inline(__always)
    static func atLeast(_ word: UInt64, _ bound: UInt8) -> UInt64 {
        (word &+ Self.repeating(0x80 &- bound)) & Self.highBits
    }

    /// The high bit of each byte that equals `byte`; bits above the lowest one set may be false.
    @inline(__always)
    static func equal(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let difference = word ^ Self.repeating(byte)
        return (difference &- 0x0101_0101_0101_0101) & ~difference & Self.highBits
    }

    /// Place of the lowest byte whose high bit is set, 0 to 7; the word must have one.
    @inline(__always)
    static func first(_ highBits: UInt64) -> Int { highBits.trailingZeroBitCount >> 3 }
}

// Loads that the caller has already checked against the bounds.
extension RawSpan {
    @inline(__always)
    func byte(_ offset: Int) -> UInt8 { self.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self) }

    @inline(__always)
    func half(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: self.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self))
    }

    @inline(__always)
    func word(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: self.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
    }
}

extension RawSpan {
    /// Whether the bytes from an offset on are these, compared eight at a step; false where they would not fit.
    @inlinable
    @inline(__always)
    package func has(_ wanted: RawSpan, at offset: Int) -> Bool {
        let count = wanted.byteCount
        guard offset >= 0, offset <= self.byteCount &- count else { return false }
        var i = 0
        while i &+ 8 <= count {
            guard
                self.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ i, as: UInt64.self)
                    == wanted.unsafeLoadUnaligned(fromUncheckedByteOffset: i, as: UInt64.self)
            else { return false }
            i &+= 8
        }
        while i < count {
            guard
                self.unsafeLoad(fromUncheckedByteOffset: offset &+ i, as: UInt8.self)
                    == wanted.unsafeLoad(fromUncheckedByteOffset: i, as: UInt8.self)
            else { return false }
            i &+= 1
        }
        return true
    }

    /// Whether the bytes from an offset on are these, compared eight at a step; false where they would not fit.
    @inlinable
    @inline(__always)
    package func has(_ wanted: [UInt8], at offset: Int) -> Bool { self.has(wanted.span.bytes, at: offset) }
}

/// The hash FNV-1a of 64 bits: it distinguishes contents and spreads keys, without protection against forgery.
package enum FNV1a {
    /// The hash of some bytes.
    package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

/// Percent-encoding, `%` and two hexadecimal digits for a byte (RFC 3986 §2.1).
package enum PercentEncoding {
    /// The bytes that an encoded text stands for; a `%` without two digits stands for itself.
    ///
    /// - Parameters:
    ///   - text: the encoded text.
    ///   - plusIsSpace: whether `+` stands for a space, as in forms.
    /// - Returns: the decoded bytes.
    package static func decoded(_ text: some Sequence<UInt8>, plusIsSpace: Bool = false) -> [UInt8] {
        let bytes = Array(text)
        var out: [UInt8] = []
        var i = 0
        while i < bytes.count {
            if bytes[i] == UInt8(ascii: "%"), i + 2 < bytes.count, let high = JSONText.hexadecimal(bytes[i + 1]),
                let low = JSONText.hexadecimal(bytes[i + 2])
            {
                out.append(UInt8(high << 4 | low))
                i += 3
            } else {
                out.append(plusIsSpace && bytes[i] == UInt8(ascii: "+") ? 0x20 : bytes[i])
                i += 1
            }
        }
        return out
    }

    /// The text with every byte encoded that is not unreserved (RFC 3986 §2.3).
    package static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.append(byte)
            default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
