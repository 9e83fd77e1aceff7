import Measure
import Signaling
import Workload

/// What agents do with messages that are addressed to them, as the published client or the repaired one: events of the
/// negotiation machines in, planned sends and the progress of pairs out.
///
/// Confined to its cell's event loop.
final class NegotiationDriver {
    unowned let cell: LoopCell
    let configuration: CellConfiguration
    var pairs = PairLog()
    /// Running counts of the plan's pairs, those left out that the plan gives too little time.
    var counts = PairCounts()
    /// Messages that think or trickle time holds back.
    private(set) var thinking = 0
    /// Whether the final leave has begun: no negotiation starts any more.
    private var isClosing = false

    init(cell: LoopCell, configuration: CellConfiguration) {
        self.cell = cell
        self.configuration = configuration
    }

    /// Enters a pair of the plan.
    func add(_ pair: PairProgress) {
        self.pairs.add(pair)
        if !pair.isCensored { self.counts.expected += 1 }
    }

    func reserve(pairs count: Int) { self.pairs.reserve(count) }

    /// The final leave begins: what is under way may go on, and nothing new starts.
    func close() { self.isClosing = true }

    /// Schedules a message that think or trickle time holds back.
    private func think(_ event: TimerEvent, until at: Instant) {
        self.thinking += 1
        self.cell.schedule.add(event, at: at)
    }

    /// Feeds one message of a fellow agent to the receiver's machine.
    func negotiate(_ receipt: Receipt, from sender: Agent, isIntact: Bool, to agent: Agent, at now: Instant) {
        let instance = receipt.instance
        let peer = Int(sender.slot)
        self.meet(peer, agent)
        let known = agent.peers[peer].isKnown
        // Left over from before the peer's restart.
        if known, instance < agent.peers[peer].instance { return }
        let restarted = known && instance > agent.peers[peer].instance
        agent.peers[peer].instance = instance
        agent.peers[peer].isKnown = true
        agent.peers[peer].heardAt = now
        let pair = self.pair(of: agent, and: sender)
        // An altered description is not the description that was sent.
        if !isIntact, receipt.kind == .offer || receipt.kind == .answer {
            return self.note(pair, .altered, receipt.kind, .ignored, agent, now)
        }
        self.react(
            receipt.kind, description: DescriptionID(raw: receipt.description), isLast: receipt.isLast, from: peer,
            polite: agent.id < sender.id, restarted: restarted, to: agent, pair: pair, at: now)
    }

    /// One event of the machine and what follows from it, for fellow agents and foreign peers alike.
    func react(
        _ kind: SignalKind, description: DescriptionID, isLast: Bool, from peer: Int, polite: Bool, restarted: Bool,
        to agent: Agent, pair: Int?, at now: Instant
    ) {
        let local = agent.local
        switch kind {
        case .call:
            if self.isClosing { return self.note(pair, .callReceived, .call, .ignored, agent, now) }
            switch agent.negotiator.call(from: peer, restarted: restarted) {
            case .respond:
                self.note(pair, .callReceived, .call, .received, agent, now)
                let delay = self.configuration.pool.responseDelay(
                    agent: Int(agent.index), peer: self.global(peer, agent))
                self.think(.respond(agent: local, peer: Int32(peer)), until: now + delay)
            case .ignore(.full):
                self.note(pair, [.callReceived, .refused], .call, .refusedMax, agent, now)
            case .ignore(.connected):
                self.note(pair, .callReceived, .call, .ignored, agent, now)
            }
        case .response:
            self.note(pair, .responseReceived, .response, .received, agent, now)
            if self.isClosing { return }
            switch agent.negotiator.response(from: peer) {
            case .createOffer:
                let generation = agent.negotiator[peer].generation
                let delay = self.configuration.pool.offerDelay(agent: Int(agent.index), peer: self.global(peer, agent))
                self.think(
                    .offer(agent: local, peer: Int32(peer), generation: generation), until: now + delay)
                self.watch(agent, peer, generation, from: now)
            case .ignore:
                self.note(pair, [], .response, .ignored, agent, now)
            }
        case .offer:
            self.note(pair, .offerReceived, .offer, .received, agent, now)
            self.offered(description, from: peer, polite: polite, restarted: restarted, to: agent, pair: pair, at: now)
        case .answer:
            switch agent.negotiator.answer(from: peer, id: description) {
            case .applied: self.note(pair, .answerApplied, .answer, .applied, agent, now)
            case .noConnection, .notStarted: self.note(pair, [], .answer, .lost, agent, now)
            case .invalidState: self.note(pair, [], .answer, .invalidState, agent, now)
            }
            self.check(pair, agent, peer, at: now)
        case .candidate:
            switch agent.negotiator.candidate(from: peer, of: description, isLast: isLast) {
            case .applied: self.note(pair, [], .candidate, .applied, agent, now)
            case .queued: self.note(pair, [], .candidate, .queued, agent, now)
            case .lost: self.note(pair, [], .candidate, .lost, agent, now)
            case .stale: self.note(pair, [], .candidate, .stale, agent, now)
            }
            self.check(pair, agent, peer, at: now)
        case .bye:
            self.note(pair, .byeReceived, .bye, .received, agent, now)
            _ = agent.negotiator.bye(from: peer)
        case .chatter:
            break
        }
    }

    private func offered(
        _ description: DescriptionID, from peer: Int, polite: Bool, restarted: Bool, to agent: Agent, pair: Int?,
        at now: Instant
    ) {
        switch agent.negotiator.offer(from: peer, id: description, polite: polite, restarted: restarted) {
        case .createAnswer: break
        case .rollbackAndAnswer: self.note(pair, .glared, .offer, .rolledBack, agent, now)
        case .ignoreGlare:
            self.note(pair, .glared, .offer, .glare, agent, now)
            return
        case .invalidState(let state):
            let glare: PairStep = state == .haveLocalOffer ? .glared : []
            self.note(pair, glare, .offer, .invalidState, agent, now)
            return
        }
        let generation = agent.negotiator[peer].generation
        let delay = self.configuration.pool.answerDelay(agent: Int(agent.index), peer: self.global(peer, agent))
        self.think(
            .answer(agent: agent.local, peer: Int32(peer), generation: generation),
            until: now + delay)
        self.watch(agent, peer, generation, from: now)
    }

    // MARK: Think times that ended

    /// Acts on a timer of a negotiation.
    func due(_ event: TimerEvent, at due: Instant) {
        func agent(_ local: Int32) -> Agent { self.cell.agents[Int(local)] }
        switch event {
        case .respond(let local, let peer):
            self.thinking -= 1
            self.respondDue(agent(local), Int(peer), at: due)
        case .offer(let local, let peer, let generation):
            self.thinking -= 1
            self.offerDue(agent(local), Int(peer), generation, at: due)
        case .answer(let local, let peer, let generation):
            self.thinking -= 1
            self.answerDue(agent(local), Int(peer), generation, at: due)
        case .candidate(let local, let peer, let generation, let index, let isOfferer):
            self.thinking -= 1
            self.candidateDue(
                agent(local), Int(peer), generation, Int(index), isOfferer ? .offerer : .answerer, at: due)
        case .attemptTimeout(let local, let peer, let generation):
            self.attemptTimedOut(agent(local), Int(peer), generation, at: due)
        case .arrive, .roomCalls, .roomCallsAnyway, .call, .chatter, .depart, .reconnect, .connectTimeout, .joinGrace,
            .finalLeave, .goodbye, .fault, .lagProbe, .upkeep:
            preconditionFailure("a timer that is no negotiation's: \(event)")
        }
    }

    private func respondDue(_ agent: Agent, _ peer: Int, at due: Instant) {
        guard agent.session.isJoined, !self.isClosing else { return }
        let pair = self.pair(of: agent, at: peer)
        switch agent.negotiator.respondDue(to: peer) {
        case .send:
            self.cell.body.removeAll(keepingCapacity: true)
            if self.cell.send(.response, from: agent, to: Int32(peer), due: due, digest: LoopCell.noBody) {
                self.note(pair, .responseSent, .response, .sent, agent, due)
            }
        case .skip(.full): self.note(pair, .refused, .response, .refusedMax, agent, due)
        case .skip(.connected): self.note(pair, [], .response, .ignored, agent, due)
        }
    }

    private func offerDue(_ agent: Agent, _ peer: Int, _ generation: UInt32, at due: Instant) {
        guard agent.session.isJoined, agent.negotiator[peer].generation == generation else { return }
        let id = agent.nextDescription()
        guard agent.negotiator.offerDue(to: peer, generation: generation, id: id) else { return }
        agent.peers[peer].version += 1
        self.cell.body.removeAll(keepingCapacity: true)
        let digest = self.configuration.pool.offer(
            agent: Int(agent.index), peer: self.global(peer, agent), generation: Int(generation),
            version: Int(agent.peers[peer].version), into: &self.cell.body)
        if self.cell.send(.offer, from: agent, to: Int32(peer), due: due, digest: digest, description: id.raw) {
            self.note(self.pair(of: agent, at: peer), .offerSent, .offer, .sent, agent, due)
        }
        self.gather(agent, peer, .offerer, from: due)
    }

    private func answerDue(_ agent: Agent, _ peer: Int, _ generation: UInt32, at due: Instant) {
        guard agent.session.isJoined, agent.negotiator[peer].generation == generation else { return }
        let id = agent.nextDescription()
        guard agent.negotiator.answerDue(to: peer, generation: generation, id: id) else { return }
        agent.peers[peer].version += 1
        self.cell.body.removeAll(keepingCapacity: true)
        let digest = self.configuration.pool.answer(
            agent: Int(agent.index), peer: self.global(peer, agent), generation: Int(generation),
            version: Int(agent.peers[peer].version), into: &self.cell.body)
        let pair = self.pair(of: agent, at: peer)
        if self.cell.send(.answer, from: agent, to: Int32(peer), due: due, digest: digest, description: id.raw) {
            self.note(pair, .answerSent, .answer, .sent, agent, due)
        }
        self.gather(agent, peer, .answerer, from: due)
        self.check(pair, agent, peer, at: due)
    }

    /// Trickles the candidates of a description that was just set, at their recorded distances.
    private func gather(_ agent: Agent, _ peer: Int, _ role: PayloadPool.Role, from set: Instant) {
        let generation = agent.negotiator[peer].generation
        // A further offer on the same connection keeps its ufrag, and gathering is over or under way.
        guard agent.peers[peer].gathered != generation else { return }
        agent.peers[peer].gathered = generation
        let local = agent.local
        let other = self.global(peer, agent)
        for index in 0..<self.configuration.pool.candidateCount(role, agent: Int(agent.index), peer: other) {
            let delay = self.configuration.pool.candidateDelay(
                agent: Int(agent.index), peer: other, role: role, index: index)
            self.think(
                .candidate(
                    agent: local, peer: Int32(peer), generation: generation, index: Int16(index),
                    isOfferer: role == .offerer),
                until: set + delay)
        }
    }

    private func candidateDue(
        _ agent: Agent, _ peer: Int, _ generation: UInt32, _ index: Int, _ role: PayloadPool.Role, at due: Instant
    ) {
        guard agent.session.isJoined, agent.negotiator[peer].generation == generation else { return }
        self.cell.body.removeAll(keepingCapacity: true)
        let other = self.global(peer, agent)
        let digest = self.configuration.pool.candidate(
            agent: Int(agent.index), peer: other, generation: Int(generation), role: role, index: index,
            into: &self.cell.body)
        self.cell.send(
            .candidate, from: agent, to: Int32(peer), due: due, digest: digest,
            description: agent.negotiator[peer].local.raw,
            isLast: index == self.configuration.pool.candidateCount(role, agent: Int(agent.index), peer: other) - 1)
    }

    /// Gives an attempt the profile's time; the published client never gives up.
    private func watch(_ agent: Agent, _ peer: Int, _ generation: UInt32, from now: Instant) {
        guard self.configuration.profile.signaling.strategy == .perfect else { return }
        self.cell.schedule.add(
            .attemptTimeout(
                agent: agent.local, peer: Int32(peer), generation: generation),
            at: now + self.configuration.plan.timeoutNanoseconds)
    }

    private func attemptTimedOut(_ agent: Agent, _ peer: Int, _ generation: UInt32, at due: Instant) {
        guard agent.session.isJoined, agent.negotiator[peer].generation == generation else { return }
        if agent.negotiator.timedOut(peer, generation: generation) {
            self.note(self.pair(of: agent, at: peer), [], .offer, .timedOut, agent, due)
        }
    }

    // MARK: Peers

    /// Makes room for a peer in the agent's tables.
    func meet(_ peer: Int, _ agent: Agent) {
        let needed = max(self.cell.rooms[Int(agent.room)].members.count, peer + 1)
        guard agent.peers.count < needed else { return }
        agent.negotiator.reserve(peers: needed)
        agent.peers.append(contentsOf: repeatElement(PeerState(), count: needed - agent.peers.count))
    }

    /// The plan's index of a peer, as payloads and think times are drawn by it; foreign peers lie beyond the plan.
    private func global(_ peer: Int, _ agent: Agent) -> Int {
        let members = self.cell.rooms[Int(agent.room)].members
        return peer < members.count
            ? Int(self.cell.agents[Int(members[peer])].index)
            : self.configuration.plan.agents.count + peer - members.count
    }
}

@available(*, unavailable)
extension NegotiationDriver: Sendable {}

/// Running counts of pairs.
struct PairCounts {
    var expected = 0
    var negotiated = 0
    var connectable = 0
}
