import NIOCore

extension MQTTCodec {
    /// Writes a packet.
    ///
    /// Fields that a version does not have are left out; acknowledgements take their shortest form.
    func encode(_ packet: MQTTPacket) -> ByteBuffer {
        var body = ByteBuffer()
        var flags = packet.type.flags ?? 0
        switch packet {
        case .connect(let connect): self.write(connect, into: &body)
        case .connack(let connack):
            body.writeInteger(connack.isSessionPresent ? 1 : 0 as UInt8)
            switch self.version {
            case .v311:
                let code = MQTTReason.returnCodes.firstIndex(of: connack.reason) ?? 3
                body.writeInteger(UInt8(truncatingIfNeeded: code))
            case .v5: body.writeInteger(connack.reason.rawValue)
            }
            self.write(connack.properties, into: &body)
        case .publish(let publish):
            flags = Self.flags(publish.qos, isDuplicate: publish.isDuplicate, isRetained: publish.isRetained)
            body.writeMQTTBinary(publish.topic)
            if publish.qos != .atMostOnce { body.writeInteger(publish.packetID) }
            self.write(publish.properties, into: &body)
            body.writeBytes(publish.payload)
        case .puback(let ack), .pubrec(let ack), .pubrel(let ack), .pubcomp(let ack):
            body.writeInteger(ack.packetID)
            self.write(ack.reason, ack.properties, isShort: true, into: &body)
        case .subscribe(let subscribe):
            body.writeInteger(subscribe.packetID)
            self.write(subscribe.properties, into: &body)
            for filter in subscribe.filters {
                body.writeMQTTBinary(filter.topic)
                body.writeInteger(self.options(filter))
            }
        case .suback(let suback), .unsuback(let suback):
            body.writeInteger(suback.packetID)
            self.write(suback.properties, into: &body)
            if self.version == .v5 || packet.type == .suback { body.writeBytes(suback.reasons.map(\.rawValue)) }
        case .unsubscribe(let unsubscribe):
            body.writeInteger(unsubscribe.packetID)
            self.write(unsubscribe.properties, into: &body)
            for filter in unsubscribe.filters { body.writeMQTTBinary(filter) }
        case .pingreq, .pingresp: break
        case .disconnect(let notice): self.write(notice.reason, notice.properties, isShort: true, into: &body)
        case .auth(let notice): self.write(notice.reason, notice.properties, isShort: false, into: &body)
        }
        var out = ByteBufferAllocator().buffer(capacity: body.readableBytes + MQTTFrame.maxHeader)
        out.writeInteger(packet.type.rawValue << 4 | flags)
        out.writeMQTTVarint(body.readableBytes)
        out.writeBuffer(&body)
        return out
    }

    /// The low four bits of a PUBLISH (§3.3.1).
    static func flags(_ qos: MQTTQoS, isDuplicate: Bool, isRetained: Bool) -> UInt8 {
        (isDuplicate ? 8 : 0) | qos.rawValue << 1 | (isRetained ? 1 : 0)
    }

    /// The size of a PUBLISH without properties behind its fixed header.
    func publishLength(topic: Int, payload: Int, _ qos: MQTTQoS) -> Int {
        2 + topic + (qos == .atMostOnce ? 0 : 2) + (self.version == .v5 ? 1 : 0) + payload
    }

    /// Writes all of a PUBLISH without properties but its payload.
    ///
    /// - Parameters:
    ///   - length: what ``publishLength(topic:payload:_:)`` gives.
    ///   - topic: its UTF-8.
    ///   - qos: decides whether there is a packet identifier.
    ///   - isRetained: whether the server keeps it.
    ///   - packetID: 0 at QoS 0.
    ///   - out: what to write to.
    @inline(__always)
    func writePublishHead(
        length: Int, topic: [UInt8], _ qos: MQTTQoS, isRetained: Bool, packetID: UInt16, into out: inout ByteBuffer
    ) {
        out.writeInteger(0x30 | Self.flags(qos, isDuplicate: false, isRetained: isRetained))
        out.writeMQTTVarint(length)
        out.writeInteger(UInt16(truncatingIfNeeded: topic.count))
        out.writeBytes(topic)
        if qos != .atMostOnce { out.writeInteger(packetID) }
        if self.version == .v5 { out.writeInteger(0 as UInt8) }
    }

    private func write(_ connect: MQTTConnect, into body: inout ByteBuffer) {
        body.writeMQTTBinary("MQTT".utf8)
        body.writeInteger(self.version.rawValue)
        var flags: UInt8 = connect.cleanStart ? 2 : 0
        if let will = connect.will { flags |= 4 | will.qos.rawValue << 3 | (will.isRetained ? 0x20 : 0) }
        if connect.password != nil { flags |= 0x40 }
        if connect.userName != nil { flags |= 0x80 }
        body.writeInteger(flags)
        body.writeInteger(connect.keepAlive)
        self.write(connect.properties, into: &body)
        body.writeMQTTBinary(connect.clientID)
        if let will = connect.will {
            self.write(will.properties, into: &body)
            body.writeMQTTBinary(will.topic)
            body.writeMQTTBinary(will.payload)
        }
        if let userName = connect.userName { body.writeMQTTBinary(userName) }
        if let password = connect.password { body.writeMQTTBinary(password) }
    }

    private func write(_ properties: MQTTProperties, into body: inout ByteBuffer) {
        if self.version == .v5 { properties.write(into: &body) }
    }

    /// Writes a reason with properties; what says nothing is left out where the packet allows it.
    private func write(_ reason: MQTTReason, _ properties: MQTTProperties, isShort: Bool, into body: inout ByteBuffer) {
        guard self.version == .v5, reason != .success || !properties.isEmpty else { return }
        body.writeInteger(reason.rawValue)
        if !isShort || !properties.isEmpty { properties.write(into: &body) }
    }

    private func options(_ filter: MQTTSubscribe.Filter) -> UInt8 {
        guard self.version == .v5 else { return filter.qos.rawValue }
        return filter.qos.rawValue | (filter.noLocal ? 4 : 0) | (filter.retainAsPublished ? 8 : 0)
            | filter.retainHandling << 4
    }
}
