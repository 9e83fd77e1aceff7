/// The content of JSON strings.
enum JSONString {
    /// The UTF-8 that a string stands for.
    ///
    /// - Parameters:
    ///   - content: where the content is, without the quotes; ``JSONWalker`` has found it sound.
    ///   - bytes: the text that it is part of.
    /// - Returns: nil for a lone surrogate, which has no UTF-8 (RFC 8259 §8.2 leaves open what it means; two of them must
    ///   not become the same name).
    static func unescape(_ content: Range<Int>, in bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(content.count)
        var i = content.lowerBound
        while i < content.upperBound {
            let byte = bytes[i]
            i += 1
            guard byte == UInt8(ascii: "\\"), i < content.upperBound else {
                out.append(byte)
                continue
            }
            let kind = bytes[i]
            i += 1
            switch kind {
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0C)
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"):
                var unit = self.unit(at: i, before: content.upperBound, in: bytes) ?? 0xFFFD
                i = min(i + 4, content.upperBound)
                if (0xD800...0xDBFF).contains(unit), i + 6 <= content.upperBound, bytes[i] == UInt8(ascii: "\\"),
                    bytes[i + 1] == UInt8(ascii: "u"),
                    let low = self.unit(at: i + 2, before: content.upperBound, in: bytes),
                    (0xDC00...0xDFFF).contains(low)
                {
                    unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                    i += 6
                }
                guard let scalar = Unicode.Scalar(unit), let encoded = UTF8.encode(scalar) else { return nil }
                out.append(contentsOf: encoded)
            default: out.append(kind)
            }
        }
        return out
    }

    /// Whether a string stands for exactly this text.
    static func equals(
        _ content: Range<Int>, isEscaped: Bool, in bytes: UnsafeRawBufferPointer, _ text: [UInt8]
    ) -> Bool {
        if isEscaped { return self.unescape(content, in: bytes) == text }
        return content.count == text.count && bytes[content].elementsEqual(text)
    }

    /// The number that a hexadecimal digit stands for.
    static func hexValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x37)
        case 0x61...0x66: UInt32(byte - 0x57)
        default: nil
        }
    }

    private static func unit(at i: Int, before end: Int, in bytes: UnsafeRawBufferPointer) -> UInt32? {
        guard i + 4 <= end else { return nil }
        var value: UInt32 = 0
        for k in i..<i + 4 {
            guard let digit = self.hexValue(bytes[k]) else { return nil }
            value = value << 4 | digit
        }
        return value
    }
}
