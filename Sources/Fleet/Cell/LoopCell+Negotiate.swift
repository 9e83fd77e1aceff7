import Measure
import Signaling
import Workload

// What an agent does with a message that is addressed to it: the published client or the repaired one.
extension LoopCell {
    /// Feeds one message of a fellow agent to the receiver's machine.
    func negotiate(_ receipt: Receipt, from sender: Agent, instance: UInt16, to agent: Agent, at now: Instant) {
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
        self.react(
            receipt.kind, description: DescriptionID(raw: receipt.description), isLast: receipt.isLast, from: peer,
            polite: agent.id < sender.id, restarted: restarted, to: agent, pair: pair, at: now)
    }

    /// One event of the machine and what follows from it, for fellow agents and foreign peers alike.
    func react(
        _ kind: SignalKind, description: DescriptionID, isLast: Bool, from peer: Int, polite: Bool, restarted: Bool,
        to agent: Agent, pair: Int?, at now: Instant
    ) {
        let local = self.agentIndex[Int(agent.index)]
        switch kind {
        case .call:
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
            .answer(agent: self.agentIndex[Int(agent.index)], peer: Int32(peer), generation: generation),
            until: now + delay)
        self.watch(agent, peer, generation, from: now)
    }

    // MARK: Think times that ended

    func respondDue(_ agent: Agent, _ peer: Int, at due: Instant) {
        guard agent.phase == .joined else { return }
        let pair = self.pair(of: agent, at: peer)
        switch agent.negotiator.respondDue(to: peer) {
        case .send:
            self.body.removeAll(keepingCapacity: true)
            if self.send(.response, from: agent, to: Int32(peer), due: due, digest: Self.noBody) {
                self.note(pair, .responseSent, .response, .sent, agent, due)
            }
        case .skip(.full): self.note(pair, .refused, .response, .refusedMax, agent, due)
        case .skip(.connected): self.note(pair, [], .response, .ignored, agent, due)
        }
    }

    func offerDue(_ agent: Agent, _ peer: Int, _ generation: UInt32, at due: Instant) {
        guard agent.phase == .joined, agent.negotiator[peer].generation == generation else { return }
        let id = agent.nextDescription()
        guard agent.negotiator.offerDue(to: peer, generation: generation, id: id) else { return }
        agent.peers[peer].version += 1
        self.body.removeAll(keepingCapacity: true)
        let digest = self.configuration.pool.offer(
            agent: Int(agent.index), peer: self.global(peer, agent), generation: Int(generation),
            version: Int(agent.peers[peer].version), into: &self.body)
        if self.send(.offer, from: agent, to: Int32(peer), due: due, digest: digest, description: id.raw) {
            self.note(self.pair(of: agent, at: peer), .offerSent, .offer, .sent, agent, due)
        }
        self.gather(agent, peer, .offerer, from: due)
    }

    func answerDue(_ agent: Agent, _ peer: Int, _ generation: UInt32, at due: Instant) {
        guard agent.phase == .joined, agent.negotiator[peer].generation == generation else { return }
        let id = agent.nextDescription()
        guard agent.negotiator.answerDue(to: peer, generation: generation, id: id) else { return }
        agent.peers[peer].version += 1
        self.body.removeAll(keepingCapacity: true)
        let digest = self.configuration.pool.answer(
            agent: Int(agent.index), peer: self.global(peer, agent), generation: Int(generation),
            version: Int(agent.peers[peer].version), into: &self.body)
        let pair = self.pair(of: agent, at: peer)
        if self.send(.answer, from: agent, to: Int32(peer), due: due, digest: digest, description: id.raw) {
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
        let local = self.agentIndex[Int(agent.index)]
        for index in 0..<self.configuration.pool.candidateCount(role) {
            let delay = self.configuration.pool.candidateDelay(
                agent: Int(agent.index), peer: self.global(peer, agent), role: role, index: index)
            self.think(
                .candidate(
                    agent: local, peer: Int32(peer), generation: generation, index: Int16(index),
                    isOfferer: role == .offerer),
                until: set + delay)
        }
    }

    func candidateDue(
        _ agent: Agent, _ peer: Int, _ generation: UInt32, _ index: Int, _ role: PayloadPool.Role, at due: Instant
    ) {
        guard agent.phase == .joined, agent.negotiator[peer].generation == generation else { return }
        self.body.removeAll(keepingCapacity: true)
        let digest = self.configuration.pool.candidate(
            agent: Int(agent.index), peer: self.global(peer, agent), generation: Int(generation), role: role,
            index: index, into: &self.body)
        self.send(
            .candidate, from: agent, to: Int32(peer), due: due, digest: digest,
            description: agent.negotiator[peer].local.raw,
            isLast: index == self.configuration.pool.candidateCount(role) - 1)
    }

    /// Gives an attempt the profile's time; the published client never gives up.
    private func watch(_ agent: Agent, _ peer: Int, _ generation: UInt32, from now: Instant) {
        guard self.configuration.profile.signaling.strategy == .perfect else { return }
        self.timers.add(
            .attemptTimeout(
                agent: self.agentIndex[Int(agent.index)], peer: Int32(peer), generation: generation),
            at: now + self.configuration.plan.timeoutNanoseconds)
    }

    func attemptTimedOut(_ agent: Agent, _ peer: Int, _ generation: UInt32, at due: Instant) {
        guard agent.phase == .joined, agent.negotiator[peer].generation == generation else { return }
        if agent.negotiator.timedOut(peer, generation: generation) {
            self.note(self.pair(of: agent, at: peer), [], .offer, .timedOut, agent, due)
        }
    }

    // MARK: Peers

    /// Makes room for a peer in the agent's tables.
    func meet(_ peer: Int, _ agent: Agent) {
        let needed = max(self.rooms[Int(agent.room)].members.count, peer + 1)
        guard agent.peers.count < needed else { return }
        agent.negotiator.reserve(peers: needed)
        agent.peers.append(contentsOf: repeatElement(PeerState(), count: needed - agent.peers.count))
    }

    /// The plan's index of a peer, as payloads and think times are drawn by it; foreign peers lie beyond the plan.
    private func global(_ peer: Int, _ agent: Agent) -> Int {
        let members = self.rooms[Int(agent.room)].members
        return peer < members.count
            ? Int(self.agents[Int(members[peer])].index) : self.agentIndex.count + peer - members.count
    }
}
