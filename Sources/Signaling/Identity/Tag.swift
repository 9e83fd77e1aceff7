/// The mark that every message of ours carries, so that a receiver can tell which one it is.
///
/// On the wire it is 36 bytes of ASCII, `<run>.<room>.<sender>.<instance>.<n>.<digest>`: run and digest as 8
/// hexadecimal digits, the numbers zero-padded in base 36 (4, 4, 2 and 5 digits), all lower case. A number beyond its
/// width is sent modulo the ``roomLimit``, ``senderLimit``, ``instanceLimit`` or ``numberLimit``.
package struct Tag: Hashable, Sendable {
    /// The run of the driver; another run's messages are foreign.
    package var run: UInt32
    package var room: UInt32
    /// Index of the sending agent in the plan.
    package var sender: UInt32
    /// Which life of the sender: rises with each reconnect.
    package var instance: UInt16
    /// Number of the message per room, sender and instance, from 0.
    package var n: UInt32
    /// ``BodyDigest`` of the body.
    package var digest: UInt32

    package init(run: UInt32, room: UInt32, sender: UInt32, instance: UInt16, n: UInt32, digest: UInt32) {
        self.run = run
        self.room = room
        self.sender = sender
        self.instance = instance
        self.n = n
        self.digest = digest
    }

    /// Bytes on the wire.
    package static let length = 36
    /// Rooms that can be told apart: 36⁴.
    package static let roomLimit: UInt32 = 1_679_616
    /// Senders that can be told apart: 36⁴.
    package static let senderLimit: UInt32 = 1_679_616
    /// Lives of a sender that can be told apart: 36².
    package static let instanceLimit: UInt16 = 1_296
    /// Messages of one life of a sender that can be told apart: 36⁵.
    package static let numberLimit: UInt32 = 60_466_176
}

extension Tag {
    /// Reads a tag from exactly the bytes of its value.
    ///
    /// - Returns: nil for anything but 36 bytes of the one form in which we write tags.
    package static func parse(_ bytes: RawSpan) -> Tag? {
        guard bytes.byteCount == Self.length else { return nil }
        let dots =
            (bytes.byte(8) ^ Self.dot) | (bytes.byte(13) ^ Self.dot) | (bytes.byte(18) ^ Self.dot)
            | (bytes.byte(21) ^ Self.dot) | (bytes.byte(27) ^ Self.dot)
        // Three loads for the four numbers: room and sender in one word, instance and n in another.
        let places = UInt64(bytes.half(9)) | UInt64(bytes.half(14)) << 32
        let counters =
            UInt64(bytes.byte(19)) | UInt64(bytes.byte(20)) << 8 | UInt64(bytes.half(22)) << 16
            | UInt64(bytes.byte(26)) << 48 | UInt64(Self.zero) << 56
        guard dots == 0, let run = Self.hexadecimal(bytes.word(0)), let digest = Self.hexadecimal(bytes.word(28)),
            let place = Self.digits(places, lastLetter: UInt8(ascii: "z")),
            let counter = Self.digits(counters, lastLetter: UInt8(ascii: "z"))
        else { return nil }
        return Tag(
            run: run, room: Self.base36(place, from: 0, digits: 4), sender: Self.base36(place, from: 4, digits: 4),
            instance: UInt16(truncatingIfNeeded: Self.base36(counter, from: 0, digits: 2)),
            n: Self.base36(counter, from: 2, digits: 5), digest: digest)
    }

    /// Writes the tag's 36 bytes, without quotes.
    package func append(to out: inout [UInt8]) {
        let start = out.count
        out.append(contentsOf: repeatElement(Self.dot, count: Self.length))
        out.withUnsafeMutableBufferPointer { buffer in
            let tag = UnsafeMutableBufferPointer(rebasing: buffer[start...])
            Self.write(self.run, radix: 16, to: tag, 0..<8)
            Self.write(self.room, radix: 36, to: tag, 9..<13)
            Self.write(self.sender, radix: 36, to: tag, 14..<18)
            Self.write(UInt32(self.instance), radix: 36, to: tag, 19..<21)
            Self.write(self.n, radix: 36, to: tag, 22..<27)
            Self.write(self.digest, radix: 16, to: tag, 28..<36)
        }
    }

    private static var dot: UInt8 { UInt8(ascii: ".") }
    private static var zero: UInt8 { UInt8(ascii: "0") }

    @inline(__always)
    private static func write(
        _ value: UInt32, radix: UInt32, to tag: UnsafeMutableBufferPointer<UInt8>, _ place: Range<Int>
    ) {
        var rest = value
        for i in place.reversed() {
            let digit = UInt8(truncatingIfNeeded: rest % radix)
            tag[i] = digit < 10 ? Self.zero + digit : UInt8(ascii: "a") - 10 + digit
            rest /= radix
        }
    }

    /// The values of eight digits, one a byte; nil when one is no digit.
    @inline(__always)
    private static func digits(_ word: UInt64, lastLetter: UInt8) -> UInt64? {
        let isDigit = ByteWord.atLeast(word, Self.zero) & ~ByteWord.atLeast(word, UInt8(ascii: "9") + 1)
        let isLetter = ByteWord.atLeast(word, UInt8(ascii: "a")) & ~ByteWord.atLeast(word, lastLetter + 1)
        guard word & ByteWord.highBits == 0, isDigit | isLetter == ByteWord.highBits else { return nil }
        let letters = isLetter >> 7
        return word &- ByteWord.repeating(Self.zero) &- letters &* UInt64(UInt8(ascii: "a") - 10 - Self.zero)
    }

    @inline(__always)
    private static func hexadecimal(_ word: UInt64) -> UInt32? {
        guard let digits = Self.digits(word, lastLetter: UInt8(ascii: "f")) else { return nil }
        var value = digits.byteSwapped
        value = (value | value >> 4) & 0x00FF_00FF_00FF_00FF
        value = (value | value >> 8) & 0x0000_FFFF_0000_FFFF
        return UInt32(truncatingIfNeeded: value | value >> 16)
    }

    @inline(__always)
    private static func base36(_ digits: UInt64, from first: Int, digits count: Int) -> UInt32 {
        var value: UInt32 = 0
        for i in first..<first + count {
            value = value &* 36 &+ UInt32(truncatingIfNeeded: digits >> UInt64(8 &* i) & 0xFF)
        }
        return value
    }
}

/// The id of a member, as the bytes that stand in `from` and `sendto`.
///
/// Ids are opaque: a backend may hand them out (`relay`, `baas`, `socketio`) or the agent may choose its own (MQTT).
/// They are compared as UTF-8 bytes, which is also what decides who is polite.
package struct PeerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// UTF-8, unescaped.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    package init(_ string: String) { self.bytes = Array(string.utf8) }

    package static func < (a: PeerID, b: PeerID) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }

    package var description: String { String(decoding: self.bytes, as: UTF8.self) }
}

/// A point on the driver's monotonic clock.
///
/// The unit is the nanosecond of `CLOCK_MONOTONIC`. Every latency of a run is a difference of two instants of one
/// process, so no clock is ever compared across machines.
package struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the clock's own, arbitrary origin.
    package var nanoseconds: Int64

    @inlinable
    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Later than every instant a run can reach.
    package static let distantFuture = Instant(nanoseconds: .max)

    @inlinable
    package static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

    /// The instant `nanoseconds` after `a`; negative values go back.
    @inlinable
    package static func + (a: Instant, nanoseconds: Int64) -> Instant {
        Instant(nanoseconds: a.nanoseconds &+ nanoseconds)
    }

    /// Nanoseconds from `b` to `a`.
    @inlinable
    package static func - (a: Instant, b: Instant) -> Int64 { a.nanoseconds &- b.nanoseconds }
}
