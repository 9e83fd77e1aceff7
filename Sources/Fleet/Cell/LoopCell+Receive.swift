import Backends
import Measure
import NIOCore
import Signaling

// The per-delivery path above the connection: filter, ledger, histogram, and only then the machine.
extension LoopCell {
    /// Acts on one event of an agent's connection.
    @inline(__always)
    func handle(_ event: Inbound, for agent: Agent, in buffer: ByteBuffer, at now: Instant) {
        switch event {
        case .overheard(let head):
            self.delivered(head, to: agent, body: nil, in: buffer, at: now)
        case .signal(let head, let body):
            self.delivered(head, to: agent, body: body, in: buffer, at: now)
        default:
            self.controlled(event, agent, at: now)
        }
    }

    @inline(never)
    private func controlled(_ event: Inbound, _ agent: Agent, at now: Instant) {
        if case .sent(let id) = event {
            return self.rooms[Int(agent.room)].traffic.wentOut(
                of: Int(agent.slot), instance: UInt32(truncatingIfNeeded: id >> 32), n: UInt32(truncatingIfNeeded: id),
                at: now, into: &self.samples)
        }
        self.samples.session.control += 1
        switch event {
        case .control, .acked, .resumed, .sent, .closed, .overheard, .signal: break
        case .welcomed(let id): self.welcomed(agent, as: id, at: now)
        case .joined(let confirmed): self.joined(agent, confirmed: confirmed, at: now)
        case .peerJoined: self.samples.session.notices += 1
        case .peerLeft(let id):
            self.samples.session.notices += 1
            self.presenceLeft(id, seenBy: agent)
        case .refused(let refusal):
            self.samples.session.backendErrors += 1
            self.note(refusal, of: agent, at: now)
            agent.session.refused()
            if agent.session.phase == .joining { agent.connection?.close(.refused) }
        }
    }

    /// A connection that was superseded delivered something.
    func supersededSpoke() { self.samples.session.control += 1 }

    /// Counts and times one delivery; one that is addressed to the agent goes on to its machine.
    @inline(__always)
    private func delivered(
        _ head: SignalHead, to agent: Agent, body: Range<Int>?, in buffer: ByteBuffer, at now: Instant
    ) {
        guard let tag = head.tag, tag.run == self.configuration.runID else {
            self.negotiations.foreign(head, to: agent, body: body, in: buffer, at: now)
            return
        }
        let room = Int(agent.room)
        guard let sender = self.sender(tag, in: room) else {
            RoomTraffic.count(.misrouted, head, into: &self.samples)
            return
        }
        let receipt = self.rooms[room].traffic.received(
            head, tag, at: Int(agent.slot), from: Int(sender.slot), now: now, in: self.window, into: &self.samples,
            interval: &self.interval)
        guard receipt.isTimed || receipt.isOverdue else { return }
        // It hears the room, so it is in it: from now on it is owed what the room gets.
        if agent.session.heardItsRoom() {
            agent.record?.isConfirmed = true
            self.rooms[room].traffic.joinConfirmed(Int(agent.slot))
        }
        guard case .useful = receipt.class, let body else { return }
        let isIntact = self.verify(receipt.kind, digest: tag.digest, body: body, in: buffer)
        if receipt.kind != .chatter {
            self.negotiations.negotiate(receipt, from: sender, isIntact: isIntact, to: agent, at: now)
        }
    }

    /// Compares the digest of a message addressed to the agent, or of chatter, with its tag's.
    ///
    /// - Returns: Whether it arrived as it was sent.
    private func verify(_ kind: SignalKind, digest: UInt32, body: Range<Int>, in buffer: ByteBuffer) -> Bool {
        self.samples.session.verified += 1
        let found = Self.withBody(body, in: buffer) { span in
            BodyReader.digest(of: kind, in: span, scratch: &self.scratch)
        }
        if found != digest { self.samples.session.corrupted += 1 }
        return found == digest
    }

    /// Lends the bytes of a range, such as the body of a signal.
    static func withBody<R>(_ range: Range<Int>, in buffer: ByteBuffer, _ read: (RawSpan) -> R) -> R {
        var source = buffer
        source.moveReaderIndex(to: range.lowerBound)
        return read(source.readableBytesSpan.extracting(first: range.count))
    }
}
