import NIOCore
import Signaling

extension MQTTSession {
    /// Takes any packet but PUBLISH.
    @inline(never)
    mutating func control(
        _ frame: MQTTFrame, _ bytes: ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(MQTTError) -> MQTTEvent {
        let packet = try self.codec.packet(frame, in: bytes)
        switch self.state {
        case .closed, .refused: return .control
        case .connecting:
            guard case .connack(let connack) = packet else { throw Self.early(frame.type) }
            return try self.answered(connack, now: now, into: &out)
        case .connected, .leaving: break
        }
        switch packet {
        case .connack: throw .forbidden("a second CONNACK [MQTT-3.2.0-2]")
        case .puback(let ack): return try self.finished(ack, at: .acknowledge)
        case .pubrec(let ack): return try self.received(ack, now: now, into: &out)
        case .pubcomp(let ack): return try self.finished(ack, at: .complete)
        case .pubrel(let ack):
            let isKnown = self.received.remove(ack.packetID) != nil
            self.acknowledge(
                .pubcomp, ack.packetID, isKnown ? .success : .packetIdentifierNotFound, now: now, into: &out)
            return .control
        case .suback(let suback): return try self.answered(suback, isSubscribe: true)
        case .unsuback(let suback): return try self.answered(suback, isSubscribe: false)
        case .pingresp:
            self.pingDeadline = nil
            return .control
        case .disconnect(let notice):
            self.state = .refused
            self.reasonText = notice.properties.text(.reasonString) ?? ""
            return .closed(notice.reason)
        case .auth:
            throw .forbidden("AUTH although no method was agreed on [MQTT-4.12.0-6]")
        case .connect, .publish, .subscribe, .unsubscribe, .pingreq:
            throw .forbidden("\(frame.type.name) from the wrong end (section 2.1.2)")
        }
    }

    /// The server answered CONNECT.
    private mutating func answered(
        _ connack: MQTTConnack, now: Instant, into out: inout Outbox
    ) throws(MQTTError) -> MQTTEvent {
        let properties = connack.properties
        guard connack.reason == .success else {
            self.state = .refused
            self.reasonText = properties.text(.reasonString) ?? ""
            return .closed(connack.reason)
        }
        guard !connack.isSessionPresent || !self.sentCleanStart else {
            throw .forbidden("an earlier session although a clean start was asked for [MQTT-3.2.2-2]")
        }
        guard !connack.isSessionPresent || self.hasState || self.codec.version == .v311 else {
            throw .forbidden("an earlier session although this client has none [MQTT-3.2.2-4]")
        }
        guard properties.bytes(.authenticationMethod) == nil else {
            throw .forbidden("an authentication method although none was asked for [MQTT-4.12.0-6]")
        }
        if self.clientID.isEmpty {
            guard let assigned = properties.bytes(.assignedClientIdentifier), !assigned.isEmpty else {
                throw .forbidden("no client identifier was assigned [MQTT-3.2.2-16]")
            }
            self.clientID = assigned
        }
        self.window = min(self.options.window, Int(properties.number(.receiveMaximum) ?? UInt32(UInt16.max)))
        self.maxQoS = properties.number(.maximumQoS).flatMap { MQTTQoS(rawValue: UInt8($0)) } ?? .exactlyOnce
        self.isRetainAvailable = properties.number(.retainAvailable) != 0
        self.areWildcardsAvailable = properties.number(.wildcardSubscriptionAvailable) != 0
        self.maxSentPacket = properties.number(.maximumPacketSize).map(Int.init) ?? MQTTFrame.maxPacket
        // The server's keep alive counts when it gives one ([MQTT-3.2.2-21]).
        let seconds = properties.number(.serverKeepAlive) ?? UInt32(self.options.keepAlive)
        self.keepAlive = Int64(seconds) * 1_000_000_000
        let isResumed = connack.isSessionPresent && self.hasState
        self.hasState = true
        self.state = .connected
        if isResumed {
            self.resend(now: now, into: &out)
        } else {
            self.forget()
        }
        return .connected(isResumed: isResumed)
    }

    /// Asks for topics.
    ///
    /// - Returns: the packet identifier by which ``MQTTEvent/subscribed(_:)`` answers; nil when not connected or when the
    ///   packet would be greater than the server takes.
    mutating func subscribe(
        _ filters: [MQTTSubscribe.Filter], now: Instant, into out: inout Outbox
    ) -> UInt16? {
        guard self.isConnected else { return nil }
        let packetID = self.freeIdentifier()
        return self.ask(
            .subscribe(MQTTSubscribe(packetID: packetID, filters: filters)), packetID, filters.count, now, &out)
            ? packetID : nil
    }

    /// Asks for topics no more.
    mutating func unsubscribe(_ filters: [[UInt8]], now: Instant, into out: inout Outbox) -> Bool {
        guard self.isConnected else { return false }
        let packetID = self.freeIdentifier()
        return self.ask(
            .unsubscribe(MQTTUnsubscribe(packetID: packetID, filters: filters)), packetID, filters.count, now, &out)
    }

    private mutating func ask(
        _ packet: MQTTPacket, _ packetID: UInt16, _ count: Int, _ now: Instant, _ out: inout Outbox
    ) -> Bool {
        let bytes = self.codec.encode(packet)
        guard bytes.readableBytes <= self.maxSentPacket else { return false }
        self.lastSent = now
        out.bytes(bytes.readableBytes) { _ = $0.writeImmutableBuffer(bytes) }
        self.asked.append(
            Asked(
                packetID: packetID, filters: count, isSubscribe: packet.type == .subscribe,
                deadline: now + self.options.patience))
        return true
    }

    /// The server answered SUBSCRIBE or UNSUBSCRIBE ([MQTT-3.8.4-2], [MQTT-3.9.3-1], [MQTT-3.10.4-4]).
    private mutating func answered(_ suback: MQTTSuback, isSubscribe: Bool) throws(MQTTError) -> MQTTEvent {
        let name = isSubscribe ? "SUBACK" : "UNSUBACK"
        guard
            let index = self.asked.firstIndex(where: {
                $0.packetID == suback.packetID && $0.isSubscribe == isSubscribe
            })
        else { throw .forbidden("a \(name) for the packet identifier \(suback.packetID), which waits for none") }
        let asked = self.asked.remove(at: index)
        if isSubscribe || self.codec.version == .v5 {
            guard suback.reasons.count == asked.filters else {
                throw .forbidden(
                    "a \(name) with \(suback.reasons.count) reasons for \(asked.filters) filters [MQTT-3.9.3-1]")
            }
        }
        guard isSubscribe else { return .unsubscribed }
        self.granted = suback.reasons
        self.reasonText = suback.properties.text(.reasonString) ?? ""
        return .subscribed(suback.packetID)
    }
}
