import Backends
import Measure
import NIOCore
import Signaling

// The per-delivery path: bytes, frame, dialect, filter, ledger, histogram, and only then the machine.
extension LoopCell {
    /// Takes what the socket gave to one agent; leaves an incomplete frame in `bytes`.
    func received(_ bytes: inout ByteBuffer, by handler: AgentHandler) {
        let now = self.now
        let agent = handler.agent
        do {
            while handler.closing == nil, let message = try handler.framing.next(&bytes) {
                switch message.opcode {
                case .text, .binary:
                    var payload = message.payload
                    while let event = try agent.dialect?.next(&payload, now: now, into: &self.outbox) {
                        self.handle(event, for: agent, in: payload, at: now)
                    }
                case .ping:
                    self.outbox.pong(message.payload)
                case .pong, .continuation:
                    break
                case .close:
                    handler.close(message.closeReason)
                }
            }
        } catch {
            handler.close(.protocolViolation(String(describing: error)))
        }
        self.drainOutbox(to: handler)
        self.armDeadline(of: agent)
    }

    /// Acts on one event of an agent's dialect.
    @inline(__always)
    func handle(_ event: Inbound, for agent: Agent, in buffer: ByteBuffer, at now: Instant) {
        switch event {
        case .overheard(let head):
            self.delivered(head, to: agent, body: nil, in: buffer, at: now)
        case .signal(let head, let body):
            self.delivered(head, to: agent, body: body, in: buffer, at: now)
        case .control, .acked, .sent, .resumed:
            self.samples.session.control += 1
        case .welcomed(let id):
            self.samples.session.control += 1
            self.welcomed(agent, as: id, at: now)
        case .joined(let confirmed):
            self.samples.session.control += 1
            self.joined(agent, confirmed: confirmed, at: now)
        case .peerJoined:
            self.samples.session.control += 1
        case .peerLeft(let id):
            self.samples.session.control += 1
            self.presenceLeft(id, seenBy: agent)
        case .refused:
            self.samples.session.control += 1
            self.samples.session.backendErrors += 1
            if agent.phase == .joining { agent.handler?.close(.refused) }
        case .closed(let reason):
            agent.handler?.close(reason)
        }
    }

    /// Counts and times one delivery; one that is addressed to the agent goes on to its machine.
    @inline(__always)
    private func delivered(
        _ head: SignalHead, to agent: Agent, body: Range<Int>?, in buffer: ByteBuffer, at now: Instant
    ) {
        guard let tag = head.tag, tag.run == self.configuration.runID else {
            self.foreign(head, to: agent, body: body, in: buffer, at: now)
            return
        }
        let receipt = self.judge(head, tag, at: agent, now)
        if head.kind == .chatter {
            self.samples.chatter.count(receipt.class, bytes: head.bytes)
        } else {
            self.samples.signaling.count(receipt.class, bytes: head.bytes)
        }
        guard receipt.isTimed else { return }
        let latency = now - receipt.intended
        self.samples.record(Probe.delivery(receipt.kind), latency)
        if receipt.kind == .chatter { self.fanout(receipt, latency, at: now) }
        guard receipt.class == .useful, let body else { return }
        self.verify(receipt.kind, digest: tag.digest, body: body, in: buffer, scratch: head.bodyIsInScratch, agent)
        if receipt.kind != .chatter {
            let sender = self.agents[Int(self.agentIndex[Int(tag.sender)])]
            self.negotiate(receipt, from: sender, instance: tag.instance, to: agent, at: now)
        }
    }

    @inline(__always)
    private func judge(_ head: SignalHead, _ tag: Tag, at agent: Agent, _ now: Instant) -> Receipt {
        let room = Int(agent.room)
        guard Int32(truncatingIfNeeded: tag.room) == self.rooms[room].index,
            Int(tag.sender) < self.agentIndex.count
        else { return .stray }
        let local = self.agentIndex[Int(tag.sender)]
        guard local >= 0, self.agents[Int(local)].room == agent.room else { return .stray }
        return self.rooms[room].ledger.receive(
            at: Int(agent.slot), from: Int(self.agents[Int(local)].slot), instance: tag.instance, n: tag.n,
            verdict: head.verdict, now: now)
    }

    /// Times one receipt of a room-wide probe by another member.
    @inline(__always)
    private func fanout(_ receipt: Receipt, _ latency: Int64, at now: Instant) {
        self.interval.fanout.record(nanoseconds: latency)
        let intended = receipt.intended - self.origin
        guard self.steady.contains(intended) else { return }
        self.samples.record(.fanout, latency)
        self.samples.record(.fanoutUncorrected, now - receipt.sent)
        guard receipt.ordinal > 0 else { return }
        if receipt.ordinal == 1 { self.samples.record(.fanoutFirst, latency) }
        if receipt.ordinal == (receipt.ordinals + 1) / 2 {
            self.samples.record(.fanoutMedian, latency)
        }
        if receipt.ordinal == receipt.ordinals {
            self.samples.record(.fanoutLast, latency)
            self.samples.record(.fanoutSkew, now - receipt.first)
        }
    }

    /// Compares the digest of a message addressed to the agent, or of chatter, with its tag's.
    private func verify(
        _ kind: SignalKind, digest: UInt32, body: Range<Int>, in buffer: ByteBuffer, scratch: Bool, _ agent: Agent
    ) {
        self.samples.session.verified += 1
        let found = self.withBody(body, in: buffer, scratch: scratch, agent) { span in
            BodyReader.digest(of: kind, in: span, scratch: &self.scratch)
        }
        if found != digest { self.samples.session.corrupted += 1 }
    }

    /// Lends the body of a signal, wherever the dialect left it.
    func withBody<R>(
        _ range: Range<Int>, in buffer: ByteBuffer, scratch: Bool, _ agent: Agent, _ read: (RawSpan) -> R
    ) -> R {
        var source = scratch ? agent.dialect?.scratch ?? buffer : buffer
        source.moveReaderIndex(to: range.lowerBound)
        return read(source.readableBytesSpan.extracting(first: range.count))
    }
}
