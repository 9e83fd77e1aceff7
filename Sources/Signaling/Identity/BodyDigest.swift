/// A 32-bit digest over the unescaped strings of a signal's body.
///
/// It says whether a body arrived as it was sent, whatever JSON it travelled in: it depends on every byte, on their
/// order and on which field each stands in, and not on how a field was cut into chunks. The fields are, in this order,
/// `sdp` of an offer or answer; `candidate`, `sdpMid` and `sdpMLineIndex` (as decimal text) of a candidate; `pad` of
/// chatter; and none at all for the other kinds. ``separate()`` stands *between* two fields, not after the last.
///
/// Chance lets a corrupted body pass once in 2³². It is no protection against somebody who wants to deceive.
package struct BodyDigest: Sendable {
    private var state: UInt64 = 0x5349_474E_414C_4245
    /// The last 0 to 7 bytes of the field, the earliest lowest.
    private var pending: UInt64 = 0
    /// Bytes of the field so far.
    private var length = 0

    package init() {}

    /// Takes the next bytes of the current field.
    package mutating func combine(_ bytes: RawSpan) {
        var i = 0
        let count = bytes.byteCount
        while i < count, self.length & 7 != 0 {
            self.take(bytes.unsafeLoad(fromUncheckedByteOffset: i, as: UInt8.self))
            i += 1
        }
        // Here either nothing is left or nothing is pending.
        var state = self.state
        let start = i
        while i &+ 8 <= count {
            let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: i, as: UInt64.self)
            state = Self.step(state, UInt64(littleEndian: word))
            i &+= 8
        }
        self.state = state
        self.length += i - start
        while i < count {
            self.take(bytes.unsafeLoad(fromUncheckedByteOffset: i, as: UInt8.self))
            i += 1
        }
    }

    /// Ends the current field and begins the next.
    package mutating func separate() {
        if self.length & 7 != 0 { self.state = Self.step(self.state, self.pending) }
        // The length tells fields of zero bytes from none, and trailing NULs from padding.
        self.state = Self.step(self.state, UInt64(self.length) ^ 0xA5A5_A5A5_0000_0000)
        self.pending = 0
        self.length = 0
    }

    /// The digest of the fields so far.
    package consuming func finalize() -> UInt32 {
        self.separate()
        let folded = SplitMix64.finish(self.state)
        return UInt32(truncatingIfNeeded: folded ^ (folded >> 32))
    }

    private mutating func take(_ byte: UInt8) {
        self.pending |= UInt64(byte) << (UInt64(self.length & 7) * 8)
        self.length += 1
        if self.length & 7 == 0 {
            self.state = Self.step(self.state, self.pending)
            self.pending = 0
        }
    }

    /// A bijection of the state for every word, and of the word for every state: one changed word cannot go unseen.
    @inline(__always)
    private static func step(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word) &* 0x9FB2_1C65_1E98_DF25
        return product ^ (product >> 29)
    }
}
