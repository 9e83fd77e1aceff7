/// Names of rooms and members as one part of a subject or channel.
enum NameToken {
    /// Escapes a name so that no two names share a place and none means anything to a server.
    ///
    /// Letters, digits, `-` and `_` stay, every other byte becomes `%XX`; the empty name is `%`.
    static func escaped(_ name: some Sequence<UInt8>) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in name {
            if self.isPlain(byte) {
                out.append(byte)
            } else {
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return out.isEmpty ? [UInt8(ascii: "%")] : out
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }
}
