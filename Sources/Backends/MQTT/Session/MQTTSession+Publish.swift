import NIOCore
import Signaling

extension MQTTSession {
    /// Publishes a message.
    ///
    /// - Parameters:
    ///   - topic: its UTF-8, a valid topic name.
    ///   - payload: the message.
    ///   - qos: at most what the server takes ([MQTT-3.2.2-11]).
    ///   - isRetained: whether the server keeps it.
    ///   - id: the sender's own number, which comes back in events.
    ///   - now: the time.
    ///   - out: where the bytes go.
    /// - Returns: queued when the window is full ([MQTT-3.3.4-7]); refused when the queue is full too, when the packet
    ///   would be greater than the server takes ([MQTT-3.2.2-15]), or without a connection.
    mutating func publish(
        _ topic: [UInt8], _ payload: MQTTPayload, _ qos: MQTTQoS, isRetained: Bool = false, id: UInt64, now: Instant,
        into out: inout Outbox
    ) -> Submission {
        guard self.isConnected, qos <= self.maxQoS, topic.count <= Int(UInt16.max) else { return .refused }
        let length = self.codec.publishLength(topic: topic.count, payload: payload.count, qos)
        let size = 1 + ByteBuffer.mqttVarintSize(length) + length
        guard size <= self.maxSentPacket else {
            self.tooLarge = size
            return .refused
        }
        if qos == .atMostOnce {
            self.lastSent = now
            out.bytes(size) { wire in
                self.codec.writePublishHead(
                    length: length, topic: topic, qos, isRetained: isRetained, packetID: 0, into: &wire)
                payload.write(into: &wire)
            }
            return .written
        }
        let mustWait = !self.queue.isEmpty || self.inFlight.count >= self.window
        guard self.heldBytes + size <= self.options.maxHeldBytes,
            !mustWait || self.queue.count < self.options.maxQueued
        else { return .refused }
        var packet = ByteBufferAllocator().buffer(capacity: size)
        self.codec.writePublishHead(
            length: length, topic: topic, qos, isRetained: isRetained, packetID: 0, into: &packet)
        payload.write(into: &packet)
        self.heldBytes += size
        let message = MQTTOutgoing(
            id: id, qos: qos, packet: packet,
            identifierIndex: 1 + ByteBuffer.mqttVarintSize(length) + 2 + topic.count)
        if mustWait {
            self.queue.append(message)
            return .queued
        }
        self.launch(message, now: now, into: &out)
        return .written
    }

    /// Sends the first message that waits, if there is room.
    mutating func release(now: Instant, into out: inout Outbox) -> MQTTEvent? {
        guard self.isConnected, self.inFlight.count < self.window, !self.queue.isEmpty else { return nil }
        let message = self.queue.removeFirst()
        let wasSent = message.packetID != 0
        self.launch(message, now: now, into: &out)
        return wasSent ? .control : .sent(message.id)
    }

    /// Puts a message on its way.
    private mutating func launch(_ outgoing: MQTTOutgoing, now: Instant, into out: inout Outbox) {
        var message = outgoing
        message.sentAt = now
        self.lastSent = now
        if message.step == .complete {
            // The server has it already: what is left to say is PUBREL.
            self.parked.remove(message.packetID)
            self.acknowledge(.pubrel, message.packetID, .success, now: now, into: &out)
            return self.inFlight.append(message)
        }
        if message.packetID == 0 {
            message.packetID = self.freeIdentifier()
            message.packet.setInteger(message.packetID, at: message.identifierIndex)
        } else {
            self.parked.remove(message.packetID)
            Self.markDuplicate(&message.packet)
        }
        message.step = message.qos == .atLeastOnce ? .acknowledge : .receive
        let packet = message.packet
        out.bytes(packet.readableBytes) { _ = $0.writeImmutableBuffer(packet) }
        self.inFlight.append(message)
    }

    /// Sends again what the lost connection left unacknowledged, in the order of old ([MQTT-4.4.0-1], [MQTT-4.6.0-1]).
    ///
    /// A PUBLISH bears DUP then ([MQTT-3.3.1-1]). What no longer fits into the server's window waits at the head of the
    /// queue, under the packet identifier that it has.
    mutating func resend(now: Instant, into out: inout Outbox) {
        while self.inFlight.count > self.window, let last = self.inFlight.popLast() {
            self.parked.insert(last.packetID)
            self.queue.prepend(last)
        }
        var messages = self.inFlight
        self.inFlight.removeAll()
        messages.forEach { message in
            message.sentAt = now
            if message.step == .complete {
                self.acknowledge(.pubrel, message.packetID, .success, now: now, into: &out)
            } else {
                Self.markDuplicate(&message.packet)
                let packet = message.packet
                self.lastSent = now
                out.bytes(packet.readableBytes) { _ = $0.writeImmutableBuffer(packet) }
            }
        }
        self.inFlight = messages
    }

    /// Discards the session's state ([MQTT-3.2.2-5]).
    mutating func forget() {
        self.inFlight.removeAll()
        self.queue.removeAll()
        self.parked.removeAll()
        self.received.removeAll()
        self.heldBytes = 0
    }

    /// A PUBACK or PUBCOMP: the message is done, its packet identifier free again.
    mutating func finished(_ ack: MQTTAck, at step: MQTTOutgoing.Step) throws(MQTTError) -> MQTTEvent {
        guard let message = self.inFlight[ack.packetID] else { return .control }
        guard message.step == step else {
            throw .forbidden(
                "\(step == .complete ? "PUBCOMP" : "PUBACK") for the packet identifier \(ack.packetID) out of turn")
        }
        self.remove(message)
        return ack.reason.isFailure && step == .acknowledge ? .refused(message.id, ack.reason) : .acked(message.id)
    }

    /// A PUBREC: the server has the message, or will not have it ([MQTT-4.3.3-4]).
    mutating func received(_ ack: MQTTAck, now: Instant, into out: inout Outbox) throws(MQTTError) -> MQTTEvent {
        guard var message = self.inFlight[ack.packetID] else {
            if !ack.reason.isFailure {
                self.acknowledge(.pubrel, ack.packetID, .packetIdentifierNotFound, now: now, into: &out)
            }
            return .control
        }
        guard message.qos == .exactlyOnce else {
            throw .forbidden("PUBREC for the packet identifier \(ack.packetID) out of turn")
        }
        if ack.reason.isFailure {
            self.remove(message)
            return .refused(message.id, ack.reason)
        }
        self.heldBytes -= message.packet.readableBytes
        message.packet = ByteBuffer()
        message.step = .complete
        self.inFlight[ack.packetID] = message
        self.acknowledge(.pubrel, ack.packetID, .success, now: now, into: &out)
        return .control
    }

    private mutating func remove(_ message: MQTTOutgoing) {
        self.inFlight[message.packetID] = nil
        self.heldBytes -= message.packet.readableBytes
    }

    /// A packet identifier that nothing of ours bears ([MQTT-2.2.1-3]); one is always free, because the window and the
    /// questions are fewer than there are identifiers.
    mutating func freeIdentifier() -> UInt16 {
        repeat {
            self.lastPacketID = self.lastPacketID == .max ? 1 : self.lastPacketID + 1
        } while self.isInUse(self.lastPacketID)
        return self.lastPacketID
    }

    private func isInUse(_ packetID: UInt16) -> Bool {
        self.inFlight.contains(packetID) || self.parked.contains(packetID)
            || self.asked.contains { $0.packetID == packetID }
    }

    private static func markDuplicate(_ packet: inout ByteBuffer) {
        if let first = packet.getInteger(at: 0, as: UInt8.self) { packet.setInteger(first | 8, at: 0) }
    }
}
