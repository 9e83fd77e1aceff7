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
