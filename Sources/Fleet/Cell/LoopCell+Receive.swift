import Backends
import Measure
import NIOCore
import Signaling

// The per-delivery path: bytes, frame, dialect, filter, ledger, histogram, and only then the machine.
extension LoopCell {
    /// Takes what the socket gave to one agent; leaves what is incomplete in `bytes`.
    func received(_ bytes: inout ByteBuffer, by handler: AgentHandler) {
        let now = self.now
        let agent = handler.agent
        do {
            if self.framing.isWebSocket {
                try self.receivedFrames(&bytes, by: handler, at: now)
            } else {
                try self.events(of: &bytes, by: handler, at: now)
            }
        } catch {
            self.failed(handler, error)
        }
        self.drainOutbox(to: handler)
        self.armDeadline(of: agent)
    }

    /// Takes one message that came before the carrier was ready.
    func receivedMessage(_ message: ByteBuffer, by handler: AgentHandler) {
        do {
            var payload = message
            try self.events(of: &payload, by: handler, at: self.now)
        } catch {
            self.failed(handler, error)
        }
        self.drainOutbox(to: handler)
        self.armDeadline(of: handler.agent)
    }

    /// The backend broke a protocol, or missed a deadline of it.
    func failed(_ handler: AgentHandler, _ error: any Error) {
        handler.close((error as? DialectError)?.closeReason ?? .protocolViolation(String(describing: error)))
    }

    @inline(__always)
    private func receivedFrames(_ bytes: inout ByteBuffer, by handler: AgentHandler, at now: Instant) throws {
        while handler.closing == nil, let message = try handler.framing.next(&bytes) {
            switch message.opcode {
            case .text, .binary:
                if self.framing == .webSocketStream {
                    try self.piece(message.payload, by: handler, at: now)
                } else if self.framing == .engineIOPackets, message.opcode == .binary {
                    self.samples.session.control += 1
                } else {
                    var payload = message.payload
                    try self.events(of: &payload, by: handler, at: now)
                }
            case .ping:
                self.outbox.pong(message.payload)
            case .pong, .continuation:
                break
            case .close:
                handler.close(message.closeReason)
            }
        }
    }

    /// Takes a piece of a stream whose pieces do not fall together with the dialect's messages.
    private func piece(_ piece: ByteBuffer, by handler: AgentHandler, at now: Instant) throws {
        var bytes = piece
        if handler.stream.readableBytes > 0 {
            bytes = handler.stream
            bytes.writeImmutableBuffer(piece)
        }
        handler.stream = ByteBuffer()
        try self.events(of: &bytes, by: handler, at: now)
        // Its bytes are copied, so that the channel's receive buffer is not pinned.
        if bytes.readableBytes > 0 { handler.stream.writeImmutableBuffer(bytes) }
    }

    /// Takes every event out of bytes that lie within one message or one stream.
    @inline(__always)
    private func events(of bytes: inout ByteBuffer, by handler: AgentHandler, at now: Instant) throws {
        let agent = handler.agent
        while handler.closing == nil, let event = try agent.dialect?.next(&bytes, now: now, into: &self.outbox) {
            self.handle(event, for: agent, in: bytes, at: now)
        }
    }

    /// Acts on one event of an agent's dialect.
    @inline(__always)
    func handle(_ event: Inbound, for agent: Agent, in buffer: ByteBuffer, at now: Instant) {
        switch event {
        case .overheard(let head):
            self.delivered(head, to: agent, body: nil, in: buffer, at: now)
        case .signal(let head, let body):
            self.delivered(head, to: agent, body: body, in: buffer, at: now)
        case .control, .acked, .resumed:
            self.samples.session.control += 1
        case .sent(let id):
            self.wentOut(id, of: agent, at: now)
        case .welcomed(let id):
            self.samples.session.control += 1
            self.welcomed(agent, as: id, at: now)
        case .joined(let confirmed):
            self.samples.session.control += 1
            self.joined(agent, confirmed: confirmed, at: now)
        case .peerJoined:
            self.samples.session.control += 1
            self.samples.session.notices += 1
        case .peerLeft(let id):
            self.samples.session.control += 1
            self.samples.session.notices += 1
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
        if agent.isUnconfirmed, agent.phase == .joined, receipt.isTimed {
            // It hears the room, so it is in it: from now on it is owed what the room gets.
            agent.isUnconfirmed = false
            self.rooms[Int(agent.room)].ledger.joinConfirmed(Int(agent.slot))
        }
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
