/// Checks text for UTF-8 (RFC 3629) in pieces that may end inside a character.
package struct UTF8Validator: Equatable, Sendable {
    /// Continuation bytes still owed.
    private var owed: UInt8 = 0
    /// Bounds of the next continuation byte: overlong forms, surrogates and values past U+10FFFF are shut out by them.
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    package init() {}

    /// Whether no character is left unfinished.
    package var isComplete: Bool { self.owed == 0 }

    /// Takes the next piece.
    ///
    /// - Returns: whether everything so far can be UTF-8.
    package mutating func consume(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var i = 0
        let count = bytes.count
        while i < count {
            if self.owed == 0 {
                // Runs of ASCII, eight bytes at a step.
                while i + 8 <= count,
                    bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                {
                    i += 8
                }
                guard i < count else { return true }
                let byte = bytes[i]
                i += 1
                if byte < 0x80 { continue }
                guard self.begin(byte) else { return false }
            } else {
                let byte = bytes[i]
                i += 1
                guard byte >= self.lower, byte <= self.upper else { return false }
                self.owed -= 1
                self.lower = 0x80
                self.upper = 0xBF
            }
        }
        return true
    }

    /// Takes the first byte of a character of several (RFC 3629 §4).
    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: self.owed = 1
        case 0xE0...0xEF:
            self.owed = 2
            if byte == 0xE0 { self.lower = 0xA0 }
            if byte == 0xED { self.upper = 0x9F }
        case 0xF0...0xF4:
            self.owed = 3
            if byte == 0xF0 { self.lower = 0x90 }
            if byte == 0xF4 { self.upper = 0x8F }
        default: return false
        }
        return true
    }

    /// Whether these bytes are UTF-8 on their own.
    ///
    /// Nearly every message of signaling is ASCII: 64 bytes at a step, the last one overlapping the one before, tell
    /// whether it is.
    @inline(__always)
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let last = bytes.count - 64
        guard last >= 0 else { return self.isValidText(bytes) }
        var bits = self.bits(bytes, last)
        var i = 0
        while i < last {
            bits |= self.bits(bytes, i)
            i += 64
        }
        return (bits.x | bits.y) & 0x8080_8080_8080_8080 == 0 || self.isValidText(bytes)
    }

    /// Every bit that is set in any of 64 bytes.
    @inline(__always)
    private static func bits(_ bytes: UnsafeRawBufferPointer, _ i: Int) -> SIMD2<UInt64> {
        bytes.loadUnaligned(fromByteOffset: i, as: SIMD2<UInt64>.self)
            | bytes.loadUnaligned(fromByteOffset: i + 16, as: SIMD2<UInt64>.self)
            | bytes.loadUnaligned(fromByteOffset: i + 32, as: SIMD2<UInt64>.self)
            | bytes.loadUnaligned(fromByteOffset: i + 48, as: SIMD2<UInt64>.self)
    }

    @inline(never)
    private static func isValidText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var validator = UTF8Validator()
        return validator.consume(bytes) && validator.isComplete
    }
}
