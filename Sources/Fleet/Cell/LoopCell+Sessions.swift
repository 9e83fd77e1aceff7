import Backends
import Measure
import NIOCore
import Signaling
import Workload

// What follows from the events of an agent's session: arrive, connect, join, leave, lose, reconnect.
extension LoopCell {
    func arrive(_ session: Int32) {
        let planned = self.configuration.plan.sessions[Int(session)]
        let agent = self.agents[Int(self.agentIndex[planned.agent])]
        agent.pendingCall = nil
        agent.ticket = self.connections.asksForTicket ? nil : Ticket.none
        agent.resumption = .none
        let now = self.now
        self.opened(planned, of: agent, at: now)
        self.presence.arrived()
        self.connect(agent, agent.session.arrive(session, hasTicket: agent.ticket != nil, at: now))
    }

    func reconnect(_ agent: Agent) {
        guard !self.isLeaving,
            let action = agent.session.retry(hasTicket: agent.ticket != nil, at: self.now)
        else { return }
        self.samples.faults.triedAgain(at: self.window.time(self.now))
        self.connect(agent, action)
    }

    /// Gets an agent its next connection, the first of its session or a further one.
    private func connect(_ agent: Agent, _ action: AgentSession.ConnectAction) {
        agent.negotiator.closeAll()
        if agent.connection != nil {
            self.samples.session.sessionsSuperseded += 1
            self.rooms[Int(agent.room)].traffic.left(Int(agent.slot))
        }
        agent.replace(nil)
        self.schedule.add(
            .connectTimeout(agent: agent.local, connection: agent.session.connections),
            at: self.now + self.configuration.settings.connectTimeout)
        switch action {
        case .prepare: self.prepare(agent)
        case .dial: self.dial(agent)
        }
    }

    /// Obtains the session's ticket, then dials.
    private func prepare(_ agent: Agent) {
        let connection = agent.session.connections
        let bound = NIOLoopBound((cell: self, agent: agent), eventLoop: self.loop)
        self.connections.prepare(account: Int(agent.index)).assumeIsolated().whenComplete { result in
            let (cell, agent) = bound.value
            guard agent.session.connections == connection, agent.session.phase == .preparing else { return }
            switch result {
            case .success(let ticket):
                guard agent.session.ticketGiven(for: connection, at: cell.now) else { return }
                cell.reached(\.isLoggedIn, .sessionLogin, agent, at: cell.now)
                agent.ticket = ticket
                cell.dial(agent)
            case .failure(let error):
                let failure = error as? DialError ?? DialError(code: .other, message: "\(error)")
                cell.ended(agent, .notOpened(failure), at: cell.now)
            }
            cell.connections.flush()
        }
    }

    private func dial(_ agent: Agent) {
        do {
            agent.replace(
                try self.connections.connect(
                    account: Int(agent.index), ticket: agent.ticket ?? .none, resuming: agent.resumption, owner: agent))
        } catch {
            self.ended(agent, .notOpened(DialError(code: .settings, message: error.description)), at: self.now)
        }
    }

    func connectTimedOut(_ agent: Agent, _ connection: UInt32) {
        guard agent.session.connections == connection else { return }
        switch agent.session.phase {
        case .preparing:
            let error = DialError(code: .timeout, message: "timeout waiting for the login")
            self.ended(agent, .notOpened(error), at: self.now)
        case .connecting:
            let what = agent.connection?.isOpen == true ? "the welcome" : "an answer to the dial or the handshake"
            agent.connection?.close(.timeout("timeout waiting for \(what)"))
        case .joining: agent.connection?.close(.timeout("timeout waiting for the answer to a join"))
        case .absent, .joined, .leaving, .lost: break
        }
    }

    // MARK: Events of the dialect

    func welcomed(_ agent: Agent, as id: PeerID, at now: Instant) {
        guard agent.session.welcomed(at: now) else { return }
        self.identify(agent, as: id)
        self.reached(\.isWelcomed, .sessionConnect, agent, at: now)
        self.rooms[Int(agent.room)].traffic.joinBegan(Int(agent.slot))
        _ = agent.connection?.send(.join(room: self.rooms[Int(agent.room)].name), at: now)
        if !self.configuration.capabilities.joinConfirmed {
            self.schedule.add(
                .joinGrace(agent: agent.local, connection: agent.session.connections),
                at: now + self.configuration.settings.joinGrace)
        }
    }

    /// Remembers whose id it is; of ids that nobody will be told of any more only a few are kept.
    private func identify(_ agent: Agent, as id: PeerID) {
        let former = agent.id
        agent.id = id
        guard self.configuration.capabilities.presenceLeave == .server else { return }
        let room = Int(agent.room)
        self.rooms[room].identities[id] = Room.Identity(slot: agent.slot, instance: agent.session.instance)
        guard former != id, !former.bytes.isEmpty else { return }
        agent.formerIDs.append(former)
        if agent.formerIDs.count > Self.formerIDsKept {
            self.rooms[room].identities[agent.formerIDs.removeFirst()] = nil
        }
    }

    private static let formerIDsKept = 8

    func joinGraceOver(_ agent: Agent, _ connection: UInt32) {
        guard agent.session.connections == connection, agent.session.phase == .joining else { return }
        self.samples.session.unconfirmed += 1
        self.joined(agent, confirmed: false, at: self.now)
        self.connections.flush()
    }

    /// The agent is a member: it is owed deliveries when the join was confirmed, and sends what waited for it.
    func joined(_ agent: Agent, confirmed: Bool, at now: Instant) {
        let room = Int(agent.room)
        switch agent.session.joined(confirmed: confirmed, at: now) {
        case .ignore: break
        case .confirmedLate:
            agent.record?.isConfirmed = true
            self.rooms[room].traffic.joinConfirmed(Int(agent.slot))
        case .member(let isFirst, let wasRefused, let lostAt):
            if confirmed { self.rooms[room].traffic.joinConfirmed(Int(agent.slot)) }
            self.rooms[room].traffic.startStream(of: Int(agent.slot), instance: agent.session.instance)
            self.becameMember(agent, confirmed: confirmed, at: now)
            self.interval.connects += 1
            self.presence.joinedOne()
            if isFirst {
                self.samples.session.connected += 1
                if wasRefused { self.samples.session.refused -= 1 } else { self.memberSettled(agent.room) }
            }
            if let lostAt { self.recovered(agent, lostAt: lostAt, at: now) }
            if let due = agent.pendingCall {
                agent.pendingCall = nil
                self.call(agent, due: due)
            }
        }
    }

    /// An agent is a member: for the first time in its session its chatter begins.
    private func becameMember(_ agent: Agent, confirmed: Bool, at now: Instant) {
        if confirmed { agent.record?.isConfirmed = true }
        guard agent.record?.isJoined == false else { return }
        self.reached(\.isJoined, .sessionJoin, agent, at: now)
        self.rooms[Int(agent.room)].traffic.listens(Int(agent.slot))
        self.startChatter(agent)
    }

    private func recovered(_ agent: Agent, lostAt: Instant, at now: Instant) {
        self.outages.settled(recovered: true, at: now, unsent: self.samples.session.unsent)
        self.samples.session.reconnects += 1
        self.samples.faults.cameBack(at: self.window.time(now))
        self.samples.record(.sessionReconnect, now - lostAt)
        if agent.pendingCall == nil, self.configuration.profile.signaling.strategy == .perfect {
            agent.pendingCall = now
        }
    }

    /// The backend says that a member is gone: one of ours by a present or former id, or a foreign peer.
    func presenceLeft(_ id: PeerID, seenBy agent: Agent) {
        let room = Int(agent.room)
        if let identity = self.rooms[room].identities[id] {
            let peer = Int(identity.slot)
            // A notice of an old id that comes late says nothing of the connection that the peer has now.
            let known = peer < agent.peers.count && agent.peers[peer].isKnown ? agent.peers[peer].instance : 0
            if identity.instance >= known { _ = agent.negotiator.departed(peer) }
        } else if let foreign = agent.foreigners.firstIndex(of: id) {
            _ = agent.negotiator.departed(self.rooms[room].members.count + foreign)
        }
    }

    // MARK: Ends

    /// The agent's connection is gone, or it never got one.
    ///
    /// - Parameters:
    ///   - agent: whose.
    ///   - reason: why.
    ///   - silence: nanoseconds since anything was said on it, by either end.
    ///   - now: when.
    func ended(_ agent: Agent, _ reason: CloseReason, silence: Int64 = 0, at now: Instant) {
        self.rooms[Int(agent.room)].traffic.left(Int(agent.slot))
        let phase = agent.session.phase
        if phase == .joined { self.presence.leftOne() }
        let action = agent.session.ended(at: now, isOver: self.isEnded)
        if action != .left { self.note(reason, in: phase, of: agent, silence: silence, at: now) }
        switch action {
        case .left: return
        case .lost(let again):
            self.samples.session.disconnected += 1
            if !again { self.outages.lost(at: now, why: reason, unsent: self.samples.session.unsent) }
            self.negotiations.markGone(agent, at: now)
        case .refused(let isFirst):
            guard isFirst else { break }
            self.samples.session.refused += 1
            if case .notOpened(let error) = reason, error.isLocal { self.samples.session.refusedLocally += 1 }
            self.memberSettled(agent.room)
        }
        self.scheduleReconnect(agent, at: now)
    }

    private func scheduleReconnect(_ agent: Agent, at now: Instant) {
        if agent.returnsAtOnce {
            agent.returnsAtOnce = false
            return self.schedule.add(.reconnect(agent: agent.local), at: now)
        }
        guard self.configuration.settings.reconnect == .backoff, !self.isEnded, !self.isLeaving else { return }
        self.schedule.add(
            .reconnect(agent: agent.local),
            at: now
                + agent.nextWait(
                    self.configuration.profile.backend.reconnection ?? .standard, seed: self.configuration.plan.seed))
    }

    /// A planned stay ends: hang up by `bye` or vanish, as the profile says.
    func depart(_ session: Int32) {
        let planned = self.configuration.plan.sessions[Int(session)]
        let agent = self.agents[Int(self.agentIndex[planned.agent])]
        guard agent.session.planned == session else { return }
        self.presence.departed()
        agent.nextChatter = .distantFuture
        let hangsUp = self.configuration.profile.leave == .bye
        if hangsUp, agent.session.isJoined {
            self.announce(.bye, from: agent, due: self.window.origin + planned.depart)
        }
        let wasJoined = agent.session.isJoined
        self.settleSession(of: agent, at: self.now)
        let (action, endsOutage) = agent.session.depart()
        if wasJoined { self.presence.leftOne() }
        if endsOutage { self.outages.settled(recovered: false, at: self.now, unsent: self.samples.session.unsent) }
        switch action {
        case .nothing: break
        case .drop: agent.connection?.close()
        case .hangUp:
            let now = self.now
            self.rooms[Int(agent.room)].traffic.leaveBegan(
                Int(agent.slot), at: now,
                horizon: LeaveHorizon.nanoseconds(
                    p99: self.deliveryP99, drain: self.configuration.profile.phases.drain.nanoseconds),
                in: self.window, into: &self.samples)
            self.negotiations.settlePairs(of: agent)
            self.negotiations.countForeignPairs(of: agent)
            agent.negotiator.closeAll()
            if hangsUp { agent.connection?.closeGracefully(at: now) } else { agent.connection?.drop() }
        }
    }
}
