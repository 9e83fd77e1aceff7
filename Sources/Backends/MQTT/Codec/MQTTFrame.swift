import NIOCore

/// A whole control packet in a buffer: its fixed header, and where the rest is.
struct MQTTFrame: Equatable {
    var type: MQTTPacketType
    /// The low four bits of the first byte.
    var flags: UInt8
    /// Indices of what follows the fixed header.
    var body: Range<Int>

    /// The length of a fixed header at most.
    static let maxHeader = 5

    /// The greatest packet that can be written down (5.0 §1.5.5): header and 268,435,455 bytes.
    static let maxPacket = 268_435_455 + Self.maxHeader

    /// Finds the packet that a buffer begins with.
    ///
    /// What is wrong is said as soon as it shows: the first byte alone may be enough, and nothing waits for bytes of a
    /// packet that is too great anyway.
    ///
    /// - Parameters:
    ///   - bytes: what was received; nothing is consumed.
    ///   - limit: the greatest packet that was announced, in bytes.
    ///   - version: the connection's protocol version.
    /// - Returns: nil when more bytes are needed.
    /// - Throws: ``MQTTError`` with 0x81 for a reserved type or flags ([MQTT-2.1.3-1], [MQTT-3.3.1-2], [MQTT-3.3.1-4])
    ///   and for a bad length ([MQTT-1.5.5-1]), with 0x95 for a packet over the limit ([MQTT-3.1.2-24]).
    @inline(__always)
    static func find(in bytes: ByteBuffer, limit: Int, _ version: MQTTVersion) throws(MQTTError) -> MQTTFrame? {
        let span = bytes.readableBytesSpan
        let count = span.byteCount
        guard count > 0 else { return nil }
        let first = span.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
        guard let type = MQTTPacketType(rawValue: first >> 4), type != .auth || version == .v5 else {
            throw Self.reservedType(first)
        }
        let flags = first & 15
        if let required = type.flags {
            guard flags == required else { throw Self.reservedFlags(type) }
        } else {
            guard flags & 6 != 6 else { throw Self.thirdQoS }
            guard flags & 14 != 8 else { throw Self.duplicateAtMostOnce }
        }
        var length = 0
        var at = 1
        while true {
            guard at < count else { return nil }
            let digit = span.unsafeLoad(fromByteOffset: at, as: UInt8.self)
            length |= Int(digit & 0x7F) << (7 * (at - 1))
            at += 1
            if digit < 0x80 {
                guard digit != 0 || at == 2 || version == .v311 else { throw Self.overlong }
                break
            }
            guard at < Self.maxHeader else { throw Self.endless }
        }
        guard at + length <= limit else { throw Self.tooLarge(type, at + length, limit) }
        guard count >= at + length else { return nil }
        let start = bytes.readerIndex + at
        return MQTTFrame(type: type, flags: flags, body: start..<start + length)
    }

    @inline(never)
    private static func reservedType(_ first: UInt8) -> MQTTError {
        .malformed("the packet type \(first >> 4), which is reserved (section 2.1.2)")
    }

    @inline(never)
    private static func reservedFlags(_ type: MQTTPacketType) -> MQTTError {
        .malformed("reserved flags in the first byte of \(type.name) [MQTT-2.1.3-1]")
    }

    private static var thirdQoS: MQTTError { .malformed("a PUBLISH with both QoS bits set [MQTT-3.3.1-4]") }

    private static var duplicateAtMostOnce: MQTTError { .malformed("a PUBLISH with DUP but QoS 0 [MQTT-3.3.1-2]") }

    private static var overlong: MQTTError {
        .malformed("a remaining length that is longer than need be [MQTT-1.5.5-1]")
    }

    private static var endless: MQTTError { .malformed("a remaining length of more than four bytes (section 2.1.4)") }

    @inline(never)
    private static func tooLarge(_ type: MQTTPacketType, _ size: Int, _ limit: Int) -> MQTTError {
        MQTTError(
            reason: .packetTooLarge,
            message: "\(type.name) of \(size) bytes, over the \(limit) announced [MQTT-3.1.2-24]"
        )
    }
}

/// What stands before the payload of a PUBLISH, by index ranges; reading it allocates nothing.
struct MQTTPublishHeader {
    var qos: MQTTQoS
    /// It was sent before (5.0 §3.3.1.1).
    var isDuplicate: Bool
    var isRetained: Bool
    /// 0 at QoS 0.
    var packetID: UInt16 = 0
    /// Indices of the topic name; not yet checked.
    var topic: Range<Int>
    /// Indices of the properties without their length; empty in 3.1.1.
    var properties: Range<Int>
    var payload: Range<Int>

    /// Reads the header of a frame that ``MQTTFrame/find(in:limit:_:)`` found.
    ///
    /// - Throws: ``MQTTError`` with 0x81 when the packet is too short for its fields, with 0x82 for a packet identifier
    ///   of 0 ([MQTT-2.2.1-4]).
    @inline(__always)
    init(_ frame: MQTTFrame, in bytes: ByteBuffer, _ version: MQTTVersion) throws(MQTTError) {
        let base = bytes.readerIndex
        let span = bytes.readableBytesSpan
        let end = frame.body.upperBound
        guard let qos = MQTTQoS(rawValue: frame.flags >> 1 & 3) else { throw Self.short }
        self.qos = qos
        self.isDuplicate = frame.flags & 8 != 0
        self.isRetained = frame.flags & 1 != 0
        var at = frame.body.lowerBound
        guard at + 2 <= end else { throw Self.short }
        let length = Int(
            UInt16(bigEndian: span.unsafeLoadUnaligned(fromByteOffset: at - base, as: UInt16.self)))
        self.topic = at + 2..<at + 2 + length
        at += 2 + length
        if qos != .atMostOnce {
            guard at + 2 <= end else { throw Self.short }
            self.packetID = UInt16(bigEndian: span.unsafeLoadUnaligned(fromByteOffset: at - base, as: UInt16.self))
            guard self.packetID != 0 else { throw Self.zeroIdentifier }
            at += 2
        }
        guard at <= end else { throw Self.short }
        self.properties = at..<at
        if version == .v5 {
            guard at < end else { throw Self.short }
            if span.unsafeLoad(fromByteOffset: at - base, as: UInt8.self) == 0 {
                at += 1
            } else {
                var reader = MQTTReader(bytes, at..<end)
                let length = try reader.varint()
                self.properties = try reader.take(length)
                at = reader.position
            }
        }
        self.payload = at..<end
    }

    private static var short: MQTTError { .malformed("a PUBLISH that is too short for its fields (section 3.3.2)") }

    private static var zeroIdentifier: MQTTError {
        .forbidden("a PUBLISH with a packet identifier of 0 [MQTT-2.2.1-4]")
    }
}
