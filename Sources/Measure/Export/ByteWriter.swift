/// Appends numbers in the byte orders of the HdrHistogram and zlib formats.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { self.bytes.append(value) }

    mutating func bytes(_ values: some Sequence<UInt8>) { self.bytes.append(contentsOf: values) }

    mutating func bigEndian(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { self.bytes.append(contentsOf: $0) }
    }

    mutating func littleEndian(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { self.bytes.append(contentsOf: $0) }
    }

    /// A ZigZag LEB128 number of at most nine bytes, the ninth with eight bits of it, as HdrHistogram writes counts.
    mutating func zigZag(_ value: Int64) {
        var rest = UInt64(bitPattern: value << 1) ^ UInt64(bitPattern: value >> 63)
        for _ in 0..<8 {
            if rest < 0x80 {
                self.bytes.append(UInt8(rest))
                return
            }
            self.bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        self.bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
