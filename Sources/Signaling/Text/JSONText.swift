/// The contents of JSON strings (RFC 8259 §7), escaped and unescaped.
package enum JSONText {
    /// Appends UTF-8 as the content of a JSON string, without the quotes.
    ///
    /// Only what must be escaped is: quote, backslash and the control characters below U+0020.
    @inlinable
    package static func appendEscaped(_ utf8: some Sequence<UInt8>, to out: inout [UInt8]) {
        for byte in utf8 {
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                out.append(byte)
            } else {
                Self.appendEscape(of: byte, to: &out)
            }
        }
    }

    /// Some UTF-8 as a JSON string, with its quotes.
    package static func quoted(_ utf8: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = [UInt8(ascii: "\"")]
        Self.appendEscaped(utf8, to: &out)
        out.append(UInt8(ascii: "\""))
        return out
    }

    @usableFromInline
    @inline(never)
    static func appendEscape(of byte: UInt8, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: out.append(UInt8(ascii: "b"))
        case 0x09: out.append(UInt8(ascii: "t"))
        case 0x0A: out.append(UInt8(ascii: "n"))
        case 0x0C: out.append(UInt8(ascii: "f"))
        case 0x0D: out.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(byte)
        default:
            let digits: StaticString = "0123456789abcdef"
            out.append(UInt8(ascii: "u"))
            out.append(UInt8(ascii: "0"))
            out.append(UInt8(ascii: "0"))
            out.append(digits.utf8Start[Int(byte >> 4)])
            out.append(digits.utf8Start[Int(byte & 15)])
        }
    }
}

extension JSONText {
    /// The UTF-8 that a string stands for.
    ///
    /// - Parameters:
    ///   - content: where the content is, without the quotes.
    ///   - bytes: the text that it is part of.
    /// - Returns: nil for a bad escape, and for a lone surrogate, which has no UTF-8 (RFC 8259 §8.2 leaves open what it
    ///   means; two of them must not become the same name).
    package static func unescape(_ content: Range<Int>, in bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var out: [UInt8] = []
        return Self.appendUnescaped(bytes.bytes, content, to: &out) ? out : nil
    }

    /// The number that a hexadecimal digit stands for.
    package static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x37)
        case 0x61...0x66: UInt32(byte - 0x57)
        default: nil
        }
    }

    /// Appends a string's content with its escapes undone.
    ///
    /// - Parameters:
    ///   - json: the text.
    ///   - range: the content's bytes in it, without the quotes.
    ///   - out: what to append to; as it was when the content is malformed.
    /// - Returns: whether every escape is valid, no surrogate stands alone and no control character is bare.
    static func appendUnescaped(_ json: RawSpan, _ range: Range<Int>, to out: inout [UInt8]) -> Bool {
        let before = out.count
        // No escape is shorter than what it stands for, so the content's length is room enough.
        out.append(contentsOf: repeatElement(0, count: range.count))
        let written = out.withUnsafeMutableBytes { buffer in
            Self.unescape(json, range, into: UnsafeMutableRawBufferPointer(rebasing: buffer[before...]))
        }
        out.removeSubrange((before + (written ?? 0))...)
        return written != nil
    }

    /// Writes a string's content with its escapes undone and returns its length, nil when it is malformed.
    private static func unescape(
        _ json: RawSpan, _ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
    ) -> Int? {
        var i = range.lowerBound
        var written = 0
        while i < range.upperBound {
            // A run without escapes is copied whole.
            let stop = min(JSONScan.firstQuoteOrBackslash(json, i), range.upperBound)
            if stop > i {
                guard Self.isFreeOfControls(json, i, stop) else { return nil }
                json.withUnsafeBytes { text in
                    UnsafeMutableRawBufferPointer(rebasing: buffer[written...])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: text[i..<stop]))
                }
                written += stop - i
                i = stop
                continue
            }
            guard let scalar = Self.escape(json, &i, range.upperBound) else { return nil }
            if scalar.isASCII {
                buffer[written] = UInt8(truncatingIfNeeded: scalar.value)
                written += 1
                continue
            }
            guard let encoded = UTF8.encode(scalar) else { return nil }
            for byte in encoded {
                buffer[written] = byte
                written += 1
            }
        }
        return written
    }

    /// Whether no byte is below U+0020.
    static func isFreeOfControls(_ json: RawSpan, _ start: Int, _ end: Int) -> Bool {
        var i = start
        while i &+ 8 <= end {
            // Bytes of characters beyond ASCII are made to look harmless: no control has its high bit set.
            let word = json.word(i)
            let masked = word & ~ByteWord.highBits
            if ByteWord.atLeast(masked, 0x20) | (word & ByteWord.highBits) != ByteWord.highBits { return false }
            i &+= 8
        }
        while i < end {
            if json.byte(i) < 0x20 { return false }
            i &+= 1
        }
        return true
    }

    /// Whether a string's content is exactly `other` once its escapes are undone.
    static func isEqual(_ json: RawSpan, _ range: Range<Int>, unescapedTo other: RawSpan) -> Bool {
        var i = range.lowerBound
        var k = 0
        while i < range.upperBound {
            if json.byte(i) != UInt8(ascii: "\\") {
                guard k < other.byteCount, other.byte(k) == json.byte(i) else { return false }
                i += 1
                k += 1
                continue
            }
            guard let scalar = Self.escape(json, &i, range.upperBound), let encoded = UTF8.encode(scalar) else {
                return false
            }
            for byte in encoded {
                guard k < other.byteCount, other.byte(k) == byte else { return false }
                k += 1
            }
        }
        return k == other.byteCount
    }

    /// Whether a string's content is exactly `other` once its escapes are undone.
    static func isEqual(_ json: RawSpan, _ range: Range<Int>, unescapedTo other: StaticString) -> Bool {
        other.withUTF8Buffer { Self.isEqual(json, range, unescapedTo: $0.span.bytes) }
    }

    /// Undoes the escape at `i` and moves behind it.
    ///
    /// - Returns: the scalar that it stands for; nil, with `i` where it was, when it is none or half a surrogate pair.
    private static func escape(_ json: RawSpan, _ i: inout Int, _ end: Int) -> Unicode.Scalar? {
        guard end - i >= 2, json.byte(i) == UInt8(ascii: "\\") else { return nil }
        let plain: UInt8
        switch json.byte(i + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = json.byte(i + 1)
        case UInt8(ascii: "b"): plain = 0x08
        case UInt8(ascii: "f"): plain = 0x0C
        case UInt8(ascii: "n"): plain = 0x0A
        case UInt8(ascii: "r"): plain = 0x0D
        case UInt8(ascii: "t"): plain = 0x09
        case UInt8(ascii: "u"): return Self.unicodeEscape(json, &i, end)
        default: return nil
        }
        i += 2
        return Unicode.Scalar(plain)
    }

    private static func unicodeEscape(_ json: RawSpan, _ i: inout Int, _ end: Int) -> Unicode.Scalar? {
        guard let first = Self.codeUnit(json, i, end) else { return nil }
        if let scalar = Unicode.Scalar(first) {
            i += 6
            return scalar
        }
        // A high surrogate wants its low one in the very next escape.
        guard first < 0xDC00, let second = Self.codeUnit(json, i + 6, end), (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { return nil }
        i += 12
        return scalar
    }

    /// The UTF-16 code unit that `\u` and four hexadecimal digits at `i` stand for (RFC 8259 §7).
    private static func codeUnit(_ json: RawSpan, _ i: Int, _ end: Int) -> UInt32? {
        guard end - i >= 6, json.byte(i) == UInt8(ascii: "\\"), json.byte(i + 1) == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for k in i + 2..<i + 6 {
            guard let digit = Self.hexadecimal(json.byte(k)) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }
}
