/// A zlib stream (RFC 1950) whose data stand in stored blocks (RFC 1951 section 3.2.4): valid, and not smaller.
///
/// Histograms are short already, because runs of empty slots are one number each; a compressor would not pay.
enum StoredZlib {
    /// Wraps bytes so that any inflater gives them back.
    ///
    /// - Parameter data: The bytes.
    /// - Returns: Header, blocks of at most 65,535 bytes and the checksum.
    static func wrap(_ data: [UInt8]) -> [UInt8] {
        var out = ByteWriter()
        // Deflate with a window of 32 KiB, fastest; together a multiple of 31 (RFC 1950 section 2.2).
        out.bytes([0x78, 0x01])
        var rest = data[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            out.byte(rest.isEmpty ? 1 : 0)
            out.littleEndian(UInt16(block.count))
            out.littleEndian(~UInt16(block.count))
            out.bytes(block)
        } while !rest.isEmpty
        out.bigEndian(Self.adler32(data))
        return out.bytes
    }

    /// The bytes of a stream of stored blocks.
    ///
    /// - Parameter stream: As ``wrap(_:)`` makes it.
    /// - Returns: Nil for a block of another kind, and for a length or checksum that is wrong.
    static func unwrap(_ stream: [UInt8]) -> [UInt8]? {
        var reader = ByteReader(stream)
        guard reader.byte() == 0x78, reader.byte() == 0x01 else { return nil }
        var out: [UInt8] = []
        while let kind = reader.byte() {
            guard
                kind <= 1, let length = reader.littleEndian(UInt16.self), reader.littleEndian(UInt16.self) == ~length,
                let block = reader.take(Int(length))
            else { return nil }
            out += block
            if kind == 1 {
                return reader.bigEndian(UInt32.self) == Self.adler32(out) && reader.left == 0 ? out : nil
            }
        }
        return nil
    }

    /// The checksum of RFC 1950 section 8.2.
    static func adler32(_ data: [UInt8]) -> UInt32 {
        var (a, b): (UInt32, UInt32) = (1, 0)
        var rest = data[...]
        while !rest.isEmpty {
            // 5,552 bytes are the most before the sums can overflow.
            for byte in rest.prefix(5552) {
                a += UInt32(byte)
                b += a
            }
            a %= 65_521
            b %= 65_521
            rest = rest.dropFirst(5552)
        }
        return b << 16 | a
    }
}
