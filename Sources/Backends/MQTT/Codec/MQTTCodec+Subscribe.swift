import NIOCore

extension MQTTCodec {
    /// Reads SUBSCRIBE (§3.8).
    func subscribe(_ reader: inout MQTTReader, _ bytes: ByteBuffer) throws(MQTTError) -> MQTTSubscribe {
        var subscribe = MQTTSubscribe(packetID: try reader.packetID(), filters: [])
        subscribe.properties = try self.properties(.subscribe, &reader, bytes)
        repeat {
            guard reader.remaining > 0 else { throw .forbidden("a SUBSCRIBE without a filter [MQTT-3.8.3-2]") }
            var filter = MQTTSubscribe.Filter(topic: reader.copy(try reader.topicFilter()))
            let options = try reader.byte()
            let reserved: UInt8 = self.version == .v5 ? 0xC0 : 0xFC
            guard options & reserved == 0 else { throw .malformed("reserved subscription options [MQTT-3.8.3-5]") }
            guard let qos = MQTTQoS(rawValue: options & 3) else {
                throw self.version == .v5
                    ? .forbidden("a subscription with QoS 3 (5.0 section 3.8.3.1)")
                    : .malformed("a subscription with QoS 3 (3.1.1 [MQTT-3.8.3-4])")
            }
            filter.qos = qos
            filter.noLocal = options & 4 != 0
            filter.retainAsPublished = options & 8 != 0
            filter.retainHandling = options >> 4 & 3
            guard filter.retainHandling < 3 else { throw .forbidden("retain handling 3 (5.0 section 3.8.3.1)") }
            guard !filter.noLocal || !MQTTText.isShared(filter.topic) else {
                throw .forbidden("No Local on a shared subscription [MQTT-3.8.3-4]")
            }
            subscribe.filters.append(filter)
        } while reader.remaining > 0
        return subscribe
    }

    /// Reads UNSUBSCRIBE (§3.10).
    func unsubscribe(_ reader: inout MQTTReader, _ bytes: ByteBuffer) throws(MQTTError) -> MQTTUnsubscribe {
        var unsubscribe = MQTTUnsubscribe(packetID: try reader.packetID(), filters: [])
        unsubscribe.properties = try self.properties(.unsubscribe, &reader, bytes)
        repeat {
            guard reader.remaining > 0 else { throw .forbidden("an UNSUBSCRIBE without a filter [MQTT-3.10.3-2]") }
            unsubscribe.filters.append(reader.copy(try reader.topicFilter()))
        } while reader.remaining > 0
        return unsubscribe
    }

    /// Reads SUBACK (§3.9) or UNSUBACK (§3.11).
    func suback(
        _ type: MQTTPacketType, _ place: MQTTPropertyPlace, _ reader: inout MQTTReader, _ bytes: ByteBuffer
    ) throws(MQTTError) -> MQTTSuback {
        var suback = MQTTSuback(packetID: try reader.packetID(), reasons: [])
        suback.properties = try self.properties(place, &reader, bytes)
        // An UNSUBACK of 3.1.1 has no payload.
        if type == .unsuback, self.version == .v311 { return suback }
        guard reader.remaining > 0 else { throw .malformed("a \(type.name) without a reason [MQTT-3.9.3-1]") }
        suback.reasons.reserveCapacity(reader.remaining)
        while reader.remaining > 0 {
            let reason = MQTTReason(rawValue: try reader.byte())
            try self.check(reason, in: type)
            suback.reasons.append(reason)
        }
        return suback
    }
}
