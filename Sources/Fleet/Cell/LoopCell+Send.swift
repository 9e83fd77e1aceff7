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
        let room = Int(agent.room)
        let (peer, recorded) = self.addressee(target, of: agent)
        guard agent.session.isJoined, let connection = agent.connection else {
            return self.unsent(kind, from: agent, to: recorded, due: due, .noConnection)
        }
        guard !connection.isFull else {
            return self.unsent(kind, from: agent, to: recorded, due: due, .backpressure)
        }
        let tag = Tag(
            run: self.configuration.runID, room: UInt32(self.rooms[room].index), sender: UInt32(agent.index),
            instance: UInt16(truncatingIfNeeded: agent.session.instance % UInt32(Tag.instanceLimit)),
            n: self.rooms[room].traffic.nextNumber(of: Int(agent.slot)), digest: digest)
        self.scratch.removeAll(keepingCapacity: true)
        SignalTemplate.append(kind: kind, from: agent.id, sendto: peer, tag: tag, body: self.body, to: &self.scratch)
        self.signal.clear()
        self.signal.writeBytes(self.scratch)
        let now = self.now
        // A queued send is named by the sender's instance and the message's number until it goes out.
        let id = UInt64(agent.session.instance) << 32 | UInt64(tag.n)
        let submission = connection.send(
            .send(signal: self.signal, to: peer.map(Target.peer) ?? .room, id: id), at: now)
        guard submission != .refused else {
            return self.unsent(kind, from: agent, to: recorded, due: due, .backpressure)
        }
        self.rooms[room].traffic.sent(
            by: Int(agent.slot),
            OutgoingMessage(
                kind: kind, target: recorded, intended: due, sent: now, bytes: self.scratch.count,
                description: description, isLast: isLast, isQueued: submission == .queued),
            in: self.window, into: &self.samples)
        return true
    }

    /// A message that was due does not leave.
    ///
    /// - Returns: false, as what `send` returns then.
    private func unsent(
        _ kind: SignalKind, from agent: Agent, to target: Int32, due: Instant, _ reason: UnsentReason
    ) -> Bool {
        self.rooms[Int(agent.room)].traffic.unsent(
            by: Int(agent.slot), kind, to: target, due: due, reason, at: self.now, in: self.window,
            into: &self.samples)
        return false
    }

    /// Whose id a message bears, and what the ledger calls its target.
    private func addressee(_ target: Int32, of agent: Agent) -> (PeerID?, Int32) {
        guard target >= 0 else { return (nil, target) }
        let members = self.rooms[Int(agent.room)].members
        if Int(target) < members.count { return (self.agents[Int(members[Int(target)])].id, target) }
        return (agent.foreigners[Int(target) - members.count], MessageRecord.foreignPeer)
    }

    /// Sends a room-wide message without body members.
    @discardableResult
    func announce(_ kind: SignalKind, from agent: Agent, due: Instant) -> Bool {
        self.body.removeAll(keepingCapacity: true)
        return self.send(kind, from: agent, to: MessageRecord.everyone, due: due, digest: Self.noBody)
    }

    /// The digest of a message without body strings.
    static let noBody = BodyDigest().finalize()
}
