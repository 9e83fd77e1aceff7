import NIOCore

extension ByteBuffer {
    /// Writes a variable byte integer in its shortest form ([MQTT-1.5.5-1]).
    mutating func writeMQTTVarint(_ value: Int) {
        var rest = value
        while rest >= 0x80 {
            self.writeInteger(UInt8(truncatingIfNeeded: rest & 0x7F | 0x80))
            rest >>= 7
        }
        self.writeInteger(UInt8(truncatingIfNeeded: rest))
    }

    /// Writes a length of two bytes and the bytes; what is longer than 65,535 is cut, which the callers rule out.
    mutating func writeMQTTBinary(_ bytes: some Collection<UInt8>) {
        let count = UInt16(clamping: bytes.count)
        self.writeInteger(count)
        self.writeBytes(bytes.prefix(Int(count)))
    }

    /// The bytes that a variable byte integer takes.
    static func mqttVarintSize(_ value: Int) -> Int {
        value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4
    }
}
