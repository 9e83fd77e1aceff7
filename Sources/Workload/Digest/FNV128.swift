/// The 128-bit FNV-1a hash: a fingerprint, not cryptography.
///
/// Values are fed in a byte order that is part of each digest's definition: integers as eight bytes, least
/// significant first; text as its UTF-8 length and then its UTF-8.
/// (Fowler, Noll, Vo; draft-eastlake-fnv, section 2.)
struct FNV128 {
    private var high: UInt64 = 0x6c62_272e_07bb_0142
    private var low: UInt64 = 0x62b8_2175_6295_c58d

    /// Feeds one byte.
    @inline(__always)
    mutating func combine(byte: UInt8) {
        // The prime is 2^88 + 0x13b.
        self.low ^= UInt64(byte)
        let product = self.low.multipliedFullWidth(by: 0x13b)
        self.high = self.high &* 0x13b &+ product.high &+ (self.low << 24)
        self.low = product.low
    }

    /// Feeds an integer as eight bytes, least significant first.
    @inline(__always)
    mutating func combine(_ value: Int64) {
        var rest = UInt64(bitPattern: value)
        for _ in 0..<8 {
            self.combine(byte: UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// Feeds an integer as eight bytes, least significant first.
    @inline(__always)
    mutating func combine(_ value: Int) { self.combine(Int64(value)) }

    /// Feeds a text: the number of its UTF-8 bytes, then the bytes.
    mutating func combine(_ text: String) {
        self.combine(text.utf8.count)
        for byte in text.utf8 { self.combine(byte: byte) }
    }

    /// The digest as 32 hexadecimal digits.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(32)
        for word in [self.high, self.low] {
            for shift in stride(from: 60, through: 0, by: -4) { text.append(digits[Int((word >> UInt64(shift)) & 15)]) }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
