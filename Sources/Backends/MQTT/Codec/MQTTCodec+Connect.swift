import NIOCore

extension MQTTCodec {
    /// Reads CONNECT (§3.1).
    func connect(_ reader: inout MQTTReader, _ bytes: ByteBuffer) throws(MQTTError) -> MQTTConnect {
        let name = reader.copy(try reader.text())
        let level = try reader.byte()
        guard name == Array("MQTT".utf8) else {
            throw MQTTError(reason: .unsupportedVersion, message: "a protocol name that is not MQTT [MQTT-3.1.2-1]")
        }
        guard level == self.version.rawValue else {
            throw MQTTError(reason: .unsupportedVersion, message: "protocol version \(level) [MQTT-3.1.2-2]")
        }
        let flags = try reader.byte()
        guard flags & 1 == 0 else { throw .malformed("the reserved flag of CONNECT is set [MQTT-3.1.2-3]") }
        let hasWill = flags & 4 != 0
        guard let willQoS = MQTTQoS(rawValue: flags >> 3 & 3) else {
            throw .malformed("a will of QoS 3 [MQTT-3.1.2-12]")
        }
        let isWillRetained = flags & 0x20 != 0
        guard hasWill || willQoS == .atMostOnce && !isWillRetained else {
            throw .malformed("will flags without a will [MQTT-3.1.2-11]")
        }
        let hasUserName = flags & 0x80 != 0
        let hasPassword = flags & 0x40 != 0
        guard hasUserName || !hasPassword || self.version == .v5 else {
            throw .malformed("a password without a user name (3.1.1 [MQTT-3.1.2-22])")
        }
        var connect = MQTTConnect()
        connect.cleanStart = flags & 2 != 0
        connect.keepAlive = try reader.short()
        connect.properties = try self.properties(.connect, &reader, bytes)
        if connect.properties.bytes(.authenticationData) != nil, connect.properties.bytes(.authenticationMethod) == nil
        {
            throw .forbidden("authentication data without a method (5.0 section 3.1.2.11.10)")
        }
        connect.clientID = reader.copy(try reader.text())
        if hasWill {
            let properties = try self.properties(.will, &reader, bytes)
            let topic = reader.copy(try reader.topicName())
            guard !topic.isEmpty else { throw .malformed("a will without a topic [MQTT-4.7.3-1]") }
            connect.will = MQTTWill(
                topic: topic, payload: reader.copy(try reader.binary()), qos: willQoS, isRetained: isWillRetained,
                properties: properties)
        }
        if hasUserName { connect.userName = reader.copy(try reader.text()) }
        if hasPassword { connect.password = reader.copy(try reader.binary()) }
        return connect
    }

    /// Reads CONNACK (§3.2).
    func connack(_ reader: inout MQTTReader, _ bytes: ByteBuffer) throws(MQTTError) -> MQTTConnack {
        let flags = try reader.byte()
        guard flags & 0xFE == 0 else { throw .malformed("reserved flags of CONNACK are set [MQTT-3.2.2-1]") }
        let code = try reader.byte()
        var connack = MQTTConnack()
        connack.isSessionPresent = flags & 1 != 0
        switch self.version {
        case .v311:
            guard code < MQTTReason.returnCodes.count else {
                throw .forbidden("the return code \(code), which is reserved (3.1.1 section 3.2.2.3)")
            }
            connack.reason = MQTTReason.returnCodes[Int(code)]
        case .v5:
            connack.reason = MQTTReason(rawValue: code)
            try self.check(connack.reason, in: .connack)
        }
        guard connack.reason == .success || !connack.isSessionPresent else {
            throw .forbidden("a CONNACK that refuses but has a session [MQTT-3.2.2-6]")
        }
        connack.properties = try self.properties(.connack, &reader, bytes)
        return connack
    }

    /// Reads DISCONNECT (§3.14) or AUTH (§3.15); what is left out at the end means success and no properties.
    func notice(
        _ type: MQTTPacketType, _ place: MQTTPropertyPlace, _ reader: inout MQTTReader, _ bytes: ByteBuffer
    ) throws(MQTTError) -> MQTTNotice {
        var notice = MQTTNotice()
        guard self.version == .v5, reader.remaining > 0 else { return notice }
        notice.reason = MQTTReason(rawValue: try reader.byte())
        try self.check(notice.reason, in: type)
        guard reader.remaining > 0 else {
            // AUTH may leave out both or nothing (5.0 section 3.15.2.1).
            guard type == .disconnect else { throw .malformed("an AUTH without the length of its properties") }
            return notice
        }
        notice.properties = try self.properties(place, &reader, bytes)
        if type == .disconnect, self.receiver == .client, notice.properties.number(.sessionExpiryInterval) != nil {
            throw .forbidden("a session expiry interval in the server's DISCONNECT [MQTT-3.14.2-2]")
        }
        if type == .auth, notice.properties.bytes(.authenticationMethod) == nil {
            throw .forbidden("an AUTH without a method (5.0 section 3.15.2.2.2)")
        }
        return notice
    }
}

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
