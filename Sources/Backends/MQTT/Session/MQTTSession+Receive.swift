import NIOCore
import Signaling

extension MQTTSession {
    /// Takes one packet off the front of a buffer, or sends one message that waited.
    ///
    /// - Returns: nil when more bytes are needed.
    /// - Throws: ``MQTTError``; the connection has to be closed, after ``abort(_:now:into:)``.
    @inline(__always)
    mutating func next(_ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox) throws(MQTTError) -> MQTTEvent?
    {
        if !self.queue.isEmpty, let event = self.release(now: now, into: &out) { return event }
        guard self.state != .refused,
            let frame = try MQTTFrame.find(in: bytes, limit: self.codec.maxPacket, self.codec.version)
        else { return nil }
        let event: MQTTEvent
        if frame.type == .publish {
            event = try self.message(frame, bytes, now: now, into: &out)
        } else {
            event = try self.control(frame, bytes, now: now, into: &out)
        }
        bytes.moveReaderIndex(to: frame.body.upperBound)
        return event
    }

    /// Takes a PUBLISH: acknowledges it as its QoS asks ([MQTT-3.3.4-1]), suppresses what QoS 2 sent twice.
    @inline(__always)
    private mutating func message(
        _ frame: MQTTFrame, _ bytes: ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(MQTTError) -> MQTTEvent {
        guard self.state != .closed, !self.isConnecting else { throw Self.early(frame.type) }
        let header = try MQTTPublishHeader(frame, in: bytes, self.codec.version)
        var delivery = MQTTDelivery(
            match: self.match(header.topic, bytes), topic: header.topic, alias: 0, payload: header.payload,
            isRetained: header.isRetained)
        if delivery.match == .neither || !header.properties.isEmpty {
            try self.examine(header, frame, bytes, &delivery)
        }
        switch header.qos {
        case .atMostOnce: return .message(delivery)
        case .atLeastOnce:
            // In the order of the messages ([MQTT-4.6.0-2]).
            self.acknowledge(.puback, header.packetID, .success, now: now, into: &out)
            return .message(delivery)
        case .exactlyOnce:
            let isNew = self.received.insert(header.packetID).inserted
            guard self.received.count <= Int(self.options.receiveMaximum) else {
                throw MQTTError(
                    reason: .receiveMaximumExceeded, message: "more messages at once than announced [MQTT-3.3.4-9]")
            }
            self.acknowledge(.pubrec, header.packetID, .success, now: now, into: &out)
            return isNew ? .message(delivery) : .control
        }
    }

    private var isConnecting: Bool {
        if case .connecting = self.state { return true }
        return false
    }

    static func early(_ type: MQTTPacketType) -> MQTTError {
        .forbidden("\(type.name) before CONNACK [MQTT-3.2.0-1]")
    }

    /// Which of the expected topics it is.
    @inline(__always)
    private func match(_ topic: Range<Int>, _ bytes: ByteBuffer) -> MQTTDelivery.Match {
        let span = bytes.readableBytesSpan
        let offset = topic.lowerBound - bytes.readerIndex
        if Self.isEqual(span, offset, topic.count, self.first) { return .first }
        if Self.isEqual(span, offset, topic.count, self.second) { return .second }
        return .neither
    }

    @inline(__always)
    private static func isEqual(_ span: borrowing RawSpan, _ offset: Int, _ count: Int, _ wanted: [UInt8]) -> Bool {
        count == wanted.count && count > 0 && span.has(wanted, at: offset)
    }

    /// The slow way: checks the topic, reads the properties, resolves an alias.
    @inline(never)
    private mutating func examine(
        _ header: MQTTPublishHeader, _ frame: MQTTFrame, _ bytes: ByteBuffer, _ delivery: inout MQTTDelivery
    ) throws(MQTTError) {
        var reader = MQTTReader(bytes, frame.body)
        let topic = try reader.topicName()
        var walk = MQTTPropertyWalk(MQTTReader(bytes, header.properties), in: .publish)
        var alias: UInt16 = 0
        while let property = try walk.next() {
            if property.id == .topicAlias { alias = UInt16(truncatingIfNeeded: property.number) }
        }
        if alias > self.options.topicAliasMaximum {
            throw MQTTError(
                reason: .topicAliasInvalid,
                message: "the topic alias \(alias), over the maximum announced [MQTT-3.1.2-26]")
        }
        if topic.isEmpty {
            try self.codec.checkEmptyTopic(hasAlias: alias > 0)
            guard let known = self.aliases[alias] else {
                throw .forbidden("the topic alias \(alias), which stands for nothing yet (5.0 section 3.3.2.3.4)")
            }
            delivery.match = known == self.first ? .first : known == self.second ? .second : .neither
        } else if alias > 0 {
            self.aliases[alias] = reader.copy(topic)
        }
        delivery.alias = alias
    }

    /// The topic of a message, in full.
    func topic(of delivery: MQTTDelivery, in bytes: ByteBuffer) -> [UInt8] {
        if delivery.topic.isEmpty { return self.aliases[delivery.alias] ?? [] }
        var all = bytes
        all.moveReaderIndex(to: delivery.topic.lowerBound)
        return all.readBytes(length: delivery.topic.count) ?? []
    }

    /// Writes a PUBACK, PUBREC, PUBREL or PUBCOMP in its shortest form.
    mutating func acknowledge(
        _ type: MQTTPacketType, _ packetID: UInt16, _ reason: MQTTReason, now: Instant, into out: inout Outbox
    ) {
        self.lastSent = now
        let isLong = reason != .success && self.codec.version == .v5
        out.bytes(isLong ? 5 : 4) { wire in
            wire.writeInteger(type.rawValue << 4 | (type.flags ?? 0))
            wire.writeInteger(isLong ? 3 : 2 as UInt8)
            wire.writeInteger(packetID)
            if isLong { wire.writeInteger(reason.rawValue) }
        }
    }
}
