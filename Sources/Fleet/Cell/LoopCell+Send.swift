import Backends
import Measure
import NIOCore
import Signaling

extension LoopCell {
    /// Sends one message of an agent; its body members stand in `body`, their digest is `digest`.
    ///
    /// - Parameters:
    ///   - kind: the message's type.
    ///   - agent: the sender.
    ///   - target: a slot, everyone, or the index of a foreign peer beyond the slots.
    ///   - due: when it should have gone: its planned time, or the moment its precondition held if that was later.
    ///   - digest: over the body's strings.
    ///   - description: the description it is or belongs to.
    ///   - isLast: whether it is the last candidate of its description.
    /// - Returns: whether it was handed to the socket (or queued by the dialect for it).
    @discardableResult
    func send(
        _ kind: SignalKind,
        from agent: Agent,
        to target: Int32,
        due: Instant,
        digest: UInt32,
        description: UInt64 = 0,
        isLast: Bool = false
    ) -> Bool {
        self.interval.offered += 1
        guard agent.phase == .joined, let handler = agent.handler, !handler.isFull else {
            self.samples.session.unsent += 1
            return false
        }
        let room = Int(agent.room)
        let slots = self.rooms[room].members.count
        var peer: PeerID?
        var recorded = target
        if target >= 0 {
            if Int(target) < slots {
                peer = self.agents[Int(self.rooms[room].members[Int(target)])].id
            } else {
                peer = agent.foreigners[Int(target) - slots]
                recorded = MessageRecord.foreignPeer
            }
        }
        let tag = Tag(
            run: self.configuration.runID, room: UInt32(self.rooms[room].index), sender: UInt32(agent.index),
            instance: agent.instance, n: self.rooms[room].ledger.nextNumber(of: Int(agent.slot)), digest: digest)
        self.scratch.removeAll(keepingCapacity: true)
        SignalTemplate.append(kind: kind, from: agent.id, sendto: peer, tag: tag, body: self.body, to: &self.scratch)
        self.signal.clear()
        self.signal.writeBytes(self.scratch)
        let now = self.now
        let submission = agent.dialect?.encode(
            .send(signal: self.signal, to: peer.map(Target.peer) ?? .room, id: Self.sendID(tag)), now: now,
            into: &self.outbox)
        switch submission {
        case .written, .queued: break
        case .refused, nil:
            self.samples.session.unsent += 1
            return false
        }
        self.rooms[room].ledger.sent(
            by: Int(agent.slot),
            OutgoingMessage(
                kind: kind, target: recorded, intended: due, sent: now, bytes: self.scratch.count,
                description: description, isLast: isLast))
        if kind == .chatter {
            self.samples.chatter.sent += 1
            self.samples.chatter.sentBytes += UInt64(self.scratch.count)
        } else {
            self.samples.signaling.sent += 1
            self.samples.signaling.sentBytes += UInt64(self.scratch.count)
        }
        let lateness = now - due
        let window: Probe = self.steady.contains(due - self.origin) ? .sendLateness : .sendLatenessOutside
        self.samples.record(window, max(0, lateness))
        if lateness > Self.lateAfter { self.samples.session.late += 1 }
        self.drainOutbox(to: handler)
        self.armDeadline(of: agent)
        return true
    }

    /// Names a queued send until it goes out: the sender's instance and the message's number.
    private static func sendID(_ tag: Tag) -> UInt64 { UInt64(tag.instance) << 32 | UInt64(tag.n) }

    /// A send that had waited for the backend reached the wire.
    func wentOut(_ id: UInt64, of agent: Agent, at now: Instant) {
        let waited = self.rooms[Int(agent.room)].ledger.wentOut(
            of: Int(agent.slot), instance: UInt16(truncatingIfNeeded: id >> 32), n: UInt32(truncatingIfNeeded: id),
            at: now)
        if let waited { self.samples.record(.sessionBackpressure, waited) }
    }

    /// A message that leaves this much after it was due counts as late; it is also the floor of the validity limit.
    private static let lateAfter: Int64 = 5_000_000

    /// Gives the dialect a command other than a send and passes on what it wrote.
    func command(_ command: Command, to agent: Agent, at now: Instant) {
        guard let handler = agent.handler else { return }
        _ = agent.dialect?.encode(command, now: now, into: &self.outbox)
        self.drainOutbox(to: handler)
        self.armDeadline(of: agent)
    }

    /// Hands what the dialect put into the outbox to the connection.
    func drainOutbox(to handler: AgentHandler) {
        if let bytes = self.outbox.takeWire() { handler.write(bytes) }
        if let close = self.outbox.takeClose() { handler.close(close) }
    }
}
