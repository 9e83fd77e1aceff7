/// Takes numbers from bytes in the order that ``ByteWriter`` appends them in; everything is nil at the end of the bytes.
struct ByteReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Bytes that have not been taken.
    var left: Int { self.bytes.count - self.at }

    var rest: [UInt8] { Array(self.bytes[self.at...]) }

    mutating func byte() -> UInt8? {
        guard self.left > 0 else { return nil }
        defer { self.at += 1 }
        return self.bytes[self.at]
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= self.left else { return nil }
        defer { self.at += count }
        return self.bytes[self.at..<(self.at + count)]
    }

    mutating func bigEndian<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        self.take(MemoryLayout<Number>.size)?.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    mutating func littleEndian<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        self.take(MemoryLayout<Number>.size)?.reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    /// A number as ``ByteWriter/zigZag(_:)`` writes it.
    mutating func zigZag() -> Int64? {
        var raw: UInt64 = 0
        for position in 0..<9 {
            guard let byte = self.byte() else { return nil }
            if position == 8 {
                raw |= UInt64(byte) << 56
            } else {
                raw |= UInt64(byte & 0x7f) << UInt64(7 * position)
                if byte < 0x80 { break }
            }
        }
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }
}
