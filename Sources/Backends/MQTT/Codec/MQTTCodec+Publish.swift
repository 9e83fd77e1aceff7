import NIOCore

extension MQTTCodec {
    /// Reads PUBLISH whole (§3.3); a session reads no more of it than ``MQTTPublishHeader``.
    func publish(_ frame: MQTTFrame, _ bytes: ByteBuffer) throws(MQTTError) -> MQTTPublish {
        let header = try MQTTPublishHeader(frame, in: bytes, self.version)
        // The topic with its length, read again for the checks that the header leaves out.
        var reader = MQTTReader(bytes, frame.body)
        let topic = reader.copy(try reader.topicName())
        let properties = try MQTTProperties.read(MQTTReader(bytes, header.properties), in: .publish)
        if topic.isEmpty { try self.checkEmptyTopic(hasAlias: properties.number(.topicAlias) != nil) }
        if self.receiver == .server, properties.number(.subscriptionIdentifier) != nil {
            throw .forbidden("a subscription identifier from a client [MQTT-3.3.4-6]")
        }
        return MQTTPublish(
            topic: topic, payload: reader.copy(header.payload), qos: header.qos, isDuplicate: header.isDuplicate,
            isRetained: header.isRetained, packetID: header.packetID, properties: properties)
    }

    /// Judges a PUBLISH without a topic.
    func checkEmptyTopic(hasAlias: Bool) throws(MQTTError) {
        switch self.version {
        case .v311: throw .malformed("an empty topic name (3.1.1 [MQTT-4.7.3-1])")
        case .v5: guard hasAlias else { throw .forbidden("neither a topic nor an alias (5.0 section 3.3.2.1)") }
        }
    }

    /// Reads PUBACK, PUBREC, PUBREL or PUBCOMP (§3.4 to §3.7).
    func ack(
        _ type: MQTTPacketType, _ place: MQTTPropertyPlace, _ reader: inout MQTTReader, _ bytes: ByteBuffer
    ) throws(MQTTError) -> MQTTAck {
        var ack = MQTTAck(packetID: try reader.packetID())
        guard self.version == .v5, reader.remaining > 0 else { return ack }
        ack.reason = MQTTReason(rawValue: try reader.byte())
        try self.check(ack.reason, in: type)
        guard reader.remaining > 0 else { return ack }
        ack.properties = try self.properties(place, &reader, bytes)
        return ack
    }
}
