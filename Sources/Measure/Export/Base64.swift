/// Base64 with the standard alphabet and padding (RFC 4648 section 4).
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Bytes as text.
    static func encode(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        var start = 0
        while start < bytes.count {
            let left = bytes.count - start
            let first = UInt32(bytes[start])
            let second = left > 1 ? UInt32(bytes[start + 1]) : 0
            let third = left > 2 ? UInt32(bytes[start + 2]) : 0
            let group = first << 16 | second << 8 | third
            for position in 0..<4 {
                let isPadding = position > left
                out.append(isPadding ? UInt8(ascii: "=") : Self.alphabet[Int(group >> UInt32(18 - 6 * position)) & 63])
            }
            start += 3
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Text as bytes.
    ///
    /// - Parameter text: Base64 with padding and without line breaks.
    /// - Returns: Nil for anything else.
    static func decode(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 4) else { return nil }
        let padding = characters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(characters.count / 4 * 3)
        var group: UInt32 = 0
        for (position, character) in characters.dropLast(padding).enumerated() {
            let value = Self.values[Int(character)]
            guard value < 64 else { return nil }
            group = group << 6 | UInt32(value)
            if position % 4 == 3 {
                for shift in [16, 8, 0] as [UInt32] { out.append(UInt8(truncatingIfNeeded: group >> shift)) }
                group = 0
            }
        }
        if padding > 0 {
            group <<= UInt32(6 * padding)
            out.append(UInt8(truncatingIfNeeded: group >> 16))
            if padding == 1 { out.append(UInt8(truncatingIfNeeded: group >> 8)) }
        }
        return out
    }

    /// What each character stands for; 255 for those that stand for nothing.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in Self.alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
