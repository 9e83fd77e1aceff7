import NIOCore

/// Reads the fields of one packet and never past its end.
///
/// A field that the packet is too short for is malformed (5.0 §4.13.1): 0x81.
struct MQTTReader {
    private let bytes: ByteBuffer
    /// Index of the next byte in the buffer.
    private(set) var position: Int
    let end: Int

    /// A reader of the bytes at these indices, all of which are readable.
    init(_ bytes: ByteBuffer, _ range: Range<Int>) {
        self.bytes = bytes
        self.position = range.lowerBound
        self.end = range.upperBound
    }

    var remaining: Int { self.end - self.position }

    mutating func byte() throws(MQTTError) -> UInt8 { try self.integer() }

    mutating func short() throws(MQTTError) -> UInt16 { try self.integer() }

    mutating func word() throws(MQTTError) -> UInt32 { try self.integer() }

    /// A packet identifier, which is never 0 ([MQTT-2.2.1-3], [MQTT-2.2.1-4]; 3.1.1 [MQTT-2.3.1-1]).
    mutating func packetID() throws(MQTTError) -> UInt16 {
        let id = try self.short()
        guard id != 0 else { throw .forbidden("a packet identifier of 0 [MQTT-2.2.1-3]") }
        return id
    }

    /// A variable byte integer of one to four bytes, in its shortest form ([MQTT-1.5.5-1]).
    mutating func varint() throws(MQTTError) -> Int {
        var value = 0
        for shift in [0, 7, 14, 21] {
            let digit = try self.byte()
            value |= Int(digit & 0x7F) << shift
            if digit < 0x80 {
                guard digit != 0 || shift == 0 else {
                    throw .malformed("a variable byte integer that is longer than need be [MQTT-1.5.5-1]")
                }
                return value
            }
        }
        throw .malformed("a variable byte integer of more than four bytes (5.0 section 1.5.5)")
    }

    /// Binary data: a length of two bytes, and what it counts.
    mutating func binary() throws(MQTTError) -> Range<Int> {
        let count = Int(try self.short())
        return try self.take(count)
    }

    /// A UTF-8 encoded string.
    mutating func text() throws(MQTTError) -> Range<Int> {
        let range = try self.binary()
        let isString = self.with(range) { MQTTText.isString($0) }
        guard isString else { throw .malformed("a string that is not UTF-8 or holds U+0000 [MQTT-1.5.4-1]") }
        return range
    }

    /// A topic name ([MQTT-3.3.2-1], [MQTT-3.3.2-2]); it may be empty.
    mutating func topicName() throws(MQTTError) -> Range<Int> {
        let range = try self.text()
        let isName = self.with(range) { MQTTText.isTopicName($0) }
        guard isName else { throw .malformed("a wildcard in a topic name [MQTT-3.3.2-2]") }
        return range
    }

    /// A topic filter.
    mutating func topicFilter() throws(MQTTError) -> Range<Int> {
        let range = try self.text()
        let isFilter = self.with(range) { MQTTText.isTopicFilter($0) }
        guard isFilter else { throw .malformed("a topic filter that is empty or misplaces a wildcard [MQTT-4.7.1-1]") }
        return range
    }

    /// The next bytes, as many as asked for.
    mutating func take(_ count: Int) throws(MQTTError) -> Range<Int> {
        guard count <= self.remaining else { throw .malformed("a field that runs past the end of its packet") }
        let start = self.position
        self.position += count
        return start..<self.position
    }

    /// Holds the packet to ending here.
    func finish(_ type: MQTTPacketType) throws(MQTTError) {
        guard self.remaining == 0 else {
            throw .malformed("\(self.remaining) bytes behind the last field of \(type.name)")
        }
    }

    /// A copy of the bytes at these indices.
    func copy(_ range: Range<Int>) -> [UInt8] { self.with(range) { Array($0) } }

    private func with<R>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        let start = range.lowerBound - self.bytes.readerIndex
        return self.bytes.withUnsafeReadableBytes { body(.init(rebasing: $0[start..<start + range.count])) }
    }

    private mutating func integer<T: FixedWidthInteger>() throws(MQTTError) -> T {
        let range = try self.take(MemoryLayout<T>.size)
        return self.with(range) { T(bigEndian: $0.loadUnaligned(as: T.self)) }
    }
}

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

/// The rules for strings and topics, which are alike in both versions.
enum MQTTText {
    /// Whether bytes may stand as a UTF-8 encoded string.
    ///
    /// 5.0 [MQTT-1.5.4-1] and [MQTT-1.5.4-2], 3.1.1 [MQTT-1.5.3-1] and [MQTT-1.5.3-2]: well-formed, no surrogates, no
    /// U+0000. A leading U+FEFF is a character like any other ([MQTT-1.5.4-3]).
    static func isString(_ bytes: UnsafeRawBufferPointer) -> Bool {
        UTF8Validator.isValid(bytes) && !bytes.contains(0)
    }

    /// Whether bytes that are a string may stand as a topic name: no wildcard ([MQTT-4.7.0-1], [MQTT-3.3.2-2]).
    static func isTopicName(_ bytes: UnsafeRawBufferPointer) -> Bool {
        !bytes.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
    }

    /// Whether bytes that are a string may stand as a topic filter.
    ///
    /// At least one character ([MQTT-4.7.3-1]); `#` stands alone in the last level ([MQTT-4.7.1-1], 3.1.1
    /// [MQTT-4.7.1-2]) and `+` alone in its level ([MQTT-4.7.1-2], 3.1.1 [MQTT-4.7.1-3]).
    static func isTopicFilter(_ bytes: some Collection<UInt8>) -> Bool {
        guard !bytes.isEmpty else { return false }
        let levels = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, level) in levels.enumerated() {
            if level.contains(UInt8(ascii: "#")), level.count > 1 || index != levels.count - 1 { return false }
            if level.contains(UInt8(ascii: "+")), level.count > 1 { return false }
        }
        return true
    }

    /// Whether a filter names a shared subscription (5.0 §4.8.2).
    static func isShared(_ filter: some Collection<UInt8>) -> Bool { filter.starts(with: "$share/".utf8) }
}
