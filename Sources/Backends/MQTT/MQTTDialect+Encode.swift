import NIOCore
package import Signaling

extension MQTTDialect {
    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch command {
        case .join(let name): return self.join(Array(name.utf8), now: now, into: &out)
        case .leave: return self.leave(now: now, into: &out)
        case .send(let signal, let target, let id):
            guard self.state == .joined, let topics = self.topics else { return .refused }
            let topic: [UInt8]
            switch target {
            case .room: topic = topics.room
            case .peer(let peer): topic = topics.inbox == nil ? topics.room : topics.topic(to: peer.bytes)
            }
            let payload = self.payload(signal)
            let submission =
                self.session?.publish(topic, payload, self.settings.qos, id: id, now: now, into: &out) ?? .refused
            if self.session?.tooLarge.take() != nil { self.tellOfLimit() }
            return submission
        case .close:
            guard self.session?.isConnected == true else { return .refused }
            if self.settings.presence == .retained { self.showPresence([], now: now, into: &out) }
            self.session?.disconnect(now: now, into: &out)
            return .written
        }
    }

    private mutating func join(_ room: [UInt8], now: Instant, into out: inout Outbox) -> Submission {
        let topics = MQTTTopics(
            self.settings.layout, app: self.settings.app, prefix: self.settings.topicPrefix, room: room,
            member: self.member)
        guard topics.isSayable else { return .refused }
        switch self.state {
        case .closed, .opened, .connecting, .subscribing: return .refused
        case .welcomed:
            self.room = room
            self.topics = topics
            var session = self.session ?? MQTTSession(self.settings.session(of: self.member, in: topics))
            session.first = topics.room
            session.second = topics.inbox ?? []
            session.opened(now: now, into: &out)
            self.session = session
            self.state = .connecting
            return .written
        case .left, .joined:
            self.room = room
            self.topics = topics
            self.session?.first = topics.room
            self.session?.second = topics.inbox ?? []
            return self.subscribe(now: now, into: &out) ? .written : .refused
        }
    }

    /// A message was longer than the broker takes.
    private mutating func tellOfLimit() {
        let limit = self.session?.maxSentPacket ?? 0
        self.notices.append(
            Refusal(
                code: "\(MQTTReason.packetTooLarge.rawValue)",
                message:
                    "not sent: the broker's Maximum Packet Size is \(limit) bytes; keep signaling.payload below it",
                subject: .send))
    }

    private mutating func leave(now: Instant, into out: inout Outbox) -> Submission {
        guard self.state == .joined, let topics = self.topics else { return .refused }
        let filters = [topics.room] + (topics.inbox.map { [$0] } ?? [])
        guard self.session?.unsubscribe(filters, now: now, into: &out) == true else { return .refused }
        self.state = .left
        return .written
    }

    /// Asks for the room's topics; the member has joined when all are granted.
    mutating func subscribe(now: Instant, into out: inout Outbox) -> Bool {
        guard let topics = self.topics else { return false }
        let qos = self.settings.qos
        var filters = [MQTTSubscribe.Filter(topic: topics.room, qos: qos, noLocal: self.settings.noLocal)]
        if let inbox = topics.inbox { filters.append(MQTTSubscribe.Filter(topic: inbox, qos: qos)) }
        if self.settings.presence == .retained {
            filters.append(MQTTSubscribe.Filter(topic: topics.presence + Array("+".utf8), qos: qos))
        }
        guard let packetID = self.session?.subscribe(filters, now: now, into: &out) else { return false }
        self.state = .subscribing(packetID: packetID)
        return true
    }

    /// Publishes the retained sign of this member's presence; nothing takes it back.
    mutating func showPresence(_ payload: [UInt8], now: Instant, into out: inout Outbox) {
        guard let topics = self.topics else { return }
        _ = self.session?.publish(
            topics.presence + MQTTTopicName.escaped(self.member), MQTTPayload(body: ByteBuffer(bytes: payload)),
            .atMostOnce, isRetained: true, id: .max, now: now, into: &out)
    }

    private mutating func payload(_ signal: ByteBuffer) -> MQTTPayload {
        guard self.settings.layout == .milkcocoa else { return MQTTPayload(body: signal) }
        self.requests += 1
        return MQTTPayload(
            head: Self.milkcocoaHead, body: signal, tail: MilkcocoaEnvelope.tail(of: self.member, self.requests))
    }

    /// How a message of Milkcocoa's layout begins when we write it.
    static let milkcocoaHead = Array(#"{"params":"#.utf8)

    /// What a broker says on behalf of a member that vanished.
    static func bye(of member: [UInt8], layout: MQTTLayout) -> [UInt8] {
        var signal = Array(#"{"type":"bye","from":""#.utf8)
        JSONText.appendEscaped(member, to: &signal)
        signal += Array(#"","will":true}"#.utf8)
        guard layout == .milkcocoa else { return signal }
        return self.milkcocoaHead + signal + MilkcocoaEnvelope.tail(of: member, 0)
    }
}
