/// Names of rooms and members where a backend gives characters a meaning of its own.
enum PlainName {
    private static let digits = Array("0123456789abcdef".utf8)

    /// A name as one word: letters, digits and `-` stay, any other byte is `_` and two hexadecimal digits.
    ///
    /// Dots, slashes, stars, `#`, `%` and spaces mean something to one backend or the other.
    static func of(_ name: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        for byte in name {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                out.append(byte)
            default: out += [UInt8(ascii: "_"), self.digits[Int(byte >> 4)], self.digits[Int(byte & 15)]]
            }
        }
        return out
    }
}
