import Measure
import Signaling
import Workload

// The two-sided view: both ends of a pair live on this loop, so it is judged by what they really hold.
extension NegotiationDriver {
    /// The pair of two agents' current sessions, or nil when the plan has no call between them.
    func pair(of agent: Agent, and other: Agent) -> Int? {
        let peer = Int(other.slot)
        let state = agent.peers[peer]
        if state.pairOwnSession != agent.session.planned || state.pairPeerSession != other.session.planned {
            agent.peers[peer].pair = self.pairs.find(agent.session.planned, other.session.planned).map(Int32.init) ?? -1
            agent.peers[peer].pairOwnSession = agent.session.planned
            agent.peers[peer].pairPeerSession = other.session.planned
        }
        let found = agent.peers[peer].pair
        return found >= 0 ? Int(found) : nil
    }

    /// The same by slot; nil for a foreign peer.
    func pair(of agent: Agent, at peer: Int) -> Int? {
        let members = self.cell.rooms[Int(agent.room)].members
        return peer < members.count ? self.pair(of: agent, and: self.cell.agents[Int(members[peer])]) : nil
    }

    func note(
        _ pair: Int?, _ step: PairStep, _ kind: SignalKind, _ note: PairEvent.Note, _ agent: Agent, _ now: Instant
    ) {
        guard let pair else { return }
        self.pairs.note(pair, step, kind: kind, note, by: agent.session.planned, at: now)
    }

    /// Looks at both ends after one of them changed, whether they are negotiated and connectable now.
    func check(_ pair: Int?, _ agent: Agent, _ peer: Int, at now: Instant) {
        guard let pair else { return }
        guard self.pairs[pair].connectableAt == nil else { return self.checkAgain(pair, agent, peer, at: now) }
        let other = self.cell.agents[Int(self.cell.rooms[Int(agent.room)].members[peer])]
        guard other.peers.count > Int(agent.slot) else { return }
        let here = agent.negotiator[peer]
        let there = other.negotiator[Int(agent.slot)]
        guard Self.isNegotiated(here, there) else { return }
        if self.pairs[pair].negotiatedAt == nil {
            self.pairs[pair].negotiatedAt = now
            if !self.pairs[pair].isCensored { self.counts.negotiated += 1 }
            self.note(pair, [], .answer, .negotiated, agent, now)
        }
        guard self.haveCandidates(here, there, agent, other) else { return }
        self.pairs[pair].connectableAt = now
        self.pairs[pair].mended(at: now)
        if !self.pairs[pair].isCensored { self.counts.connectable += 1 }
        let offerer = here.local == here.offer ? agent : other
        self.pairs[pair].planned = self.plannedTime(
            offerer: Int(offerer.index), answerer: Int((offerer === agent ? other : agent).index))
        self.note(pair, [], .candidate, .connectable, agent, now)
        let room = Int(agent.room)
        self.cell.rooms[room].connectable += 1
        if self.cell.rooms[room].connectable == self.cell.rooms[room].pairs {
            self.cell.rooms[room].completeAt = now
        }
    }

    /// Both ends stable and holding the same offer and the same answer (`conformance.md` 4.3).
    private static func isNegotiated(_ a: PeerConnection, _ b: PeerConnection) -> Bool {
        a.state == .stable && b.state == .stable && a.offer == b.offer && a.answer == b.answer && a.offer != .none
    }

    /// Whether each end applied at least one of the other's trickled candidates and received its last.
    private func haveCandidates(
        _ here: PeerConnection, _ there: PeerConnection, _ agent: Agent, _ other: Agent
    ) -> Bool {
        [here, there].allSatisfy { end in
            let role: PayloadPool.Role = end.remote == end.offer ? .offerer : .answerer
            let count = self.configuration.pool.candidateCount(
                role, agent: Int(agent.index), peer: Int(other.index))
            return count == 0 || end.candidatesApplied > 0 && end.lastCandidateReceived
        }
    }

    /// Think and trickle time on a pair's way from the call to its last candidate.
    private func plannedTime(offerer: Int, answerer: Int) -> Int64 {
        let pool = self.configuration.pool
        func last(_ role: PayloadPool.Role, _ agent: Int, _ peer: Int) -> Int64 {
            let count = pool.candidateCount(role, agent: agent, peer: peer)
            return count == 0 ? 0 : pool.candidateDelay(agent: agent, peer: peer, role: role, index: count - 1)
        }
        let untilOffer =
            pool.responseDelay(agent: answerer, peer: offerer) + pool.offerDelay(agent: offerer, peer: answerer)
        let answering = pool.answerDelay(agent: answerer, peer: offerer) + last(.answerer, answerer, offerer)
        return untilOffer + max(last(.offerer, offerer, answerer), answering)
    }

    /// The same of a pair that had been connectable and lost the connection of an end.
    private func checkAgain(_ pair: Int, _ agent: Agent, _ peer: Int, at now: Instant) {
        guard self.pairs[pair].isBroken else { return }
        let other = self.cell.agents[Int(self.cell.rooms[Int(agent.room)].members[peer])]
        // An end without a connection still holds what it had.
        guard agent.session.isJoined, other.session.isJoined, other.peers.count > Int(agent.slot) else { return }
        let here = agent.negotiator[peer]
        let there = other.negotiator[Int(agent.slot)]
        guard Self.isNegotiated(here, there), self.haveCandidates(here, there, agent, other) else { return }
        self.pairs[pair].mended(at: now)
    }

    /// Marks the pairs of an agent that lost its connection: unfinished ones, and those whose calls are broken by it.
    func markGone(_ agent: Agent, at now: Instant) {
        for peer in agent.peers.indices {
            guard let pair = self.pair(of: agent, at: peer) else { continue }
            if self.pairs[pair].connectableAt == nil { self.pairs[pair].steps.insert(.gone) }
            // One break after the other end's is the same.
            if !self.configuration.profile.faults.isEmpty, self.pairs[pair].start <= now {
                self.pairs[pair].lostEnd(at: now)
            }
        }
    }

    /// Writes down what the ends of an agent's unfinished pairs hold, before its connections are closed.
    func settlePairs(of agent: Agent) {
        for peer in agent.peers.indices {
            guard let pair = self.pair(of: agent, at: peer), self.pairs[pair].connectableAt == nil,
                self.pairs[pair].ending == .unknown
            else { continue }
            let other = self.cell.agents[Int(self.cell.rooms[Int(agent.room)].members[peer])]
            let here = agent.negotiator[peer].state
            let there = other.peers.isEmpty ? SignalingState.none : other.negotiator[Int(agent.slot)].state
            self.pairs[pair].ending =
                switch (here, there) {
                case (.haveLocalOffer, .haveLocalOffer): .bothOffering
                case (.stable, .stable): .bothStable
                case (.stable, _), (_, .stable): .halfOpen
                default: .apart
                }
        }
    }

    func settleAllPairs() {
        for agent in self.cell.agents { self.settlePairs(of: agent) }
    }
}
