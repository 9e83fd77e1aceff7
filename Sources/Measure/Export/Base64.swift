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
}
