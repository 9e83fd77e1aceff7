import NIOCore

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
