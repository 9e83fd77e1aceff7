import Backends
import Measure
import NIOCore
import Signaling
import Workload

// The life of a connection: arrive, dial, welcome, join, leave, lose, reconnect.
extension LoopCell {
    func arrive(_ session: Int32) {
        let planned = self.configuration.plan.sessions[Int(session)]
        let agent = self.agents[Int(self.agentIndex[planned.agent])]
        agent.session = session
        agent.pendingCall = nil
        agent.attempts = 0
        agent.ticket = self.asksForTicket ? nil : Ticket.none
        agent.dialect = nil
        self.startChatter(agent)
        self.connect(agent)
    }

    /// Opens a connection of the agent's session, the first or a further one.
    private func connect(_ agent: Agent) {
        agent.connection += 1
        agent.negotiator.closeAll()
        let local = self.agentIndex[Int(agent.index)]
        self.timers.add(
            .connectTimeout(agent: local, connection: agent.connection),
            at: self.now + self.configuration.settings.connectTimeout)
        if let ticket = agent.ticket {
            self.dial(agent, ticket)
        } else {
            self.prepare(agent)
        }
    }

    /// Obtains the session's ticket, then dials.
    private func prepare(_ agent: Agent) {
        agent.phase = .preparing
        let connection = agent.connection
        let asked = self.now
        let bound = NIOLoopBound((cell: self, agent: agent), eventLoop: self.loop)
        BackendCatalogue.prepare(HTTPOnce(self.endpoint, on: self.loop))
            .assumeIsolated()
            .whenComplete { result in
                let (cell, agent) = bound.value
                guard agent.connection == connection, agent.phase == .preparing else { return }
                switch result {
                case .success(let ticket):
                    cell.samples.record(.sessionLogin, cell.now - asked)
                    agent.ticket = ticket
                    cell.dial(agent, ticket)
                case .failure(let error):
                    cell.dialFailed(agent, connection, isLocal: (error as? DialError)?.isLocal ?? false)
                }
                cell.endTick()
            }
    }

    private func dial(_ agent: Agent, _ ticket: Ticket) {
        agent.phase = .dialing
        agent.dialedAt = self.now
        let connection = agent.connection
        if agent.dialect == nil {
            do {
                agent.dialect = try BackendSwitch(self.configuration.settings, ticket: ticket)
            } catch {
                self.dialFailed(agent, connection, isLocal: false)
                return
            }
        }
        let bound = NIOLoopBound((cell: self, agent: agent), eventLoop: self.loop)
        Dialer.dial(self.endpoint, ticket: ticket, on: self.loop) { channel, early in
            let (cell, agent) = bound.value
            guard agent.connection == connection, agent.phase == .dialing else { throw AgentGone() }
            try channel.pipeline.syncOperations.addHandler(AgentHandler(cell: cell, agent: agent, early: early))
        }
        .assumeIsolated()
        .whenFailure { error in
            let (cell, agent) = bound.value
            cell.dialFailed(agent, connection, isLocal: (error as? DialError)?.isLocal ?? false)
            cell.endTick()
        }
    }

    private func dialFailed(_ agent: Agent, _ connection: UInt32, isLocal: Bool) {
        guard agent.connection == connection, agent.phase == .dialing || agent.phase == .preparing else { return }
        if !agent.everJoined, !agent.countedRefused {
            agent.countedRefused = true
            self.samples.session.refused += 1
            if isLocal { self.samples.session.refusedLocally += 1 }
            self.memberSettled(agent.room)
        }
        self.lose(agent)
    }

    func connectTimedOut(_ agent: Agent, _ connection: UInt32) {
        guard agent.connection == connection else { return }
        switch agent.phase {
        case .preparing, .dialing: self.dialFailed(agent, connection, isLocal: false)
        case .welcoming: agent.handler?.close(.timeout("the backend owes a welcome"))
        case .joining: agent.handler?.close(.timeout("the backend owes an answer to a join"))
        case .absent, .joined, .leaving, .lost: break
        }
    }

    // MARK: Channel events

    func opened(_ handler: AgentHandler) {
        let agent = handler.agent
        guard agent.connection == handler.connection, agent.phase == .dialing else {
            handler.close(.requested)
            return
        }
        agent.handler = handler
        agent.phase = .welcoming
        agent.deadlineArmed = .distantFuture
        agent.dialect?.opened(now: self.now, into: &self.outbox)
        self.drainOutbox(to: handler)
        self.armDeadline(of: agent)
    }

    func closed(_ handler: AgentHandler, _ reason: CloseReason) {
        let agent = handler.agent
        guard agent.connection == handler.connection, agent.handler === handler else { return }
        agent.handler = nil
        _ = agent.dialect?.closed(reason)
        self.rooms[Int(agent.room)].ledger.left(Int(agent.slot))
        if agent.phase == .leaving || self.isEnded {
            agent.phase = .absent
            return
        }
        if agent.phase == .joined {
            self.samples.session.disconnected += 1
            let now = self.now
            if agent.lostAt == nil {
                self.outages.lost(at: now, why: reason, unsent: self.samples.session.unsent)
            }
            agent.lostAt = now
            self.markGone(agent)
        } else if !agent.everJoined, !agent.countedRefused {
            agent.countedRefused = true
            self.samples.session.refused += 1
            self.memberSettled(agent.room)
        }
        self.lose(agent)
        self.endTick()
    }

    /// The agent is without a connection: it reconnects with back-off where the settings say so.
    private func lose(_ agent: Agent) {
        agent.phase = .lost
        guard self.configuration.settings.reconnect == .backoff, !self.isEnded, !self.isLeaving else { return }
        agent.attempts += 1
        // RFC 6455 section 7.2.3: a random first delay, then truncated exponential back-off.
        let ceiling = Int64(250_000_000) << Int64(min(agent.attempts - 1, 5))
        let draw = SplitMix64.mix(
            UInt64(self.configuration.runID), UInt64(agent.index) << 32 | UInt64(agent.connection))
        let delay = ceiling / 2 + Int64(draw % UInt64(ceiling / 2))
        self.timers.add(.reconnect(agent: self.agentIndex[Int(agent.index)]), at: self.now + delay)
    }

    func reconnect(_ agent: Agent) {
        guard agent.phase == .lost, !self.isLeaving else { return }
        self.connect(agent)
    }

    // MARK: Dialect events

    func welcomed(_ agent: Agent, as id: PeerID, at now: Instant) {
        guard agent.phase == .welcoming else { return }
        agent.id = id
        agent.phase = .joining
        agent.joinAskedAt = now
        self.samples.record(.sessionConnect, now - agent.dialedAt)
        self.rooms[Int(agent.room)].ledger.joinBegan(Int(agent.slot))
        self.command(.join(room: self.rooms[Int(agent.room)].name), to: agent, at: now)
        if !self.configuration.capabilities.joinConfirmed {
            self.timers.add(
                .joinGrace(agent: self.agentIndex[Int(agent.index)], connection: agent.connection),
                at: now + self.configuration.settings.joinGrace)
        }
    }

    func joinGraceOver(_ agent: Agent, _ connection: UInt32) {
        guard agent.connection == connection, agent.phase == .joining else { return }
        self.samples.session.unconfirmed += 1
        self.joined(agent, confirmed: false, at: self.now)
    }

    /// The agent is a member: it is owed deliveries when the join was confirmed, and sends what waited for it.
    func joined(_ agent: Agent, confirmed: Bool, at now: Instant) {
        guard agent.phase == .joining else {
            // The answer to a join that was not waited for any longer.
            if agent.phase == .joined, agent.isUnconfirmed, confirmed {
                agent.isUnconfirmed = false
                self.rooms[Int(agent.room)].ledger.joinConfirmed(Int(agent.slot))
            }
            return
        }
        agent.phase = .joined
        agent.joinedAt = now
        agent.attempts = 0
        let room = Int(agent.room)
        agent.isUnconfirmed = !confirmed
        if confirmed { self.rooms[room].ledger.joinConfirmed(Int(agent.slot)) }
        self.rooms[room].ledger.startStream(of: Int(agent.slot), instance: agent.instance)
        self.samples.record(.sessionJoin, now - agent.joinAskedAt)
        self.interval.connects += 1
        if !agent.everJoined {
            agent.everJoined = true
            self.samples.session.connected += 1
            if agent.countedRefused {
                agent.countedRefused = false
                self.samples.session.refused -= 1
            } else {
                self.memberSettled(agent.room)
            }
        }
        if let lostAt = agent.lostAt {
            agent.lostAt = nil
            self.outages.settled(recovered: true, at: now, unsent: self.samples.session.unsent)
            self.samples.session.reconnects += 1
            self.samples.record(.sessionReconnect, now - lostAt)
            if agent.pendingCall == nil, self.configuration.profile.signaling.strategy == .perfect {
                agent.pendingCall = now
            }
        }
        if let due = agent.pendingCall {
            agent.pendingCall = nil
            self.call(agent, due: due)
        }
    }

    func presenceLeft(_ id: PeerID, seenBy agent: Agent) {
        let room = Int(agent.room)
        if self.rooms[room].slots[id] == nil {
            for (slot, member) in self.rooms[room].members.enumerated() {
                self.rooms[room].slots[self.agents[Int(member)].id] = Int32(slot)
            }
        }
        if let slot = self.rooms[room].slots[id] {
            _ = agent.negotiator.departed(Int(slot))
        } else if let foreign = agent.foreigners.firstIndex(of: id) {
            _ = agent.negotiator.departed(self.rooms[room].members.count + foreign)
        }
    }

    // MARK: Leaving

    /// A planned stay ends: hang up by `bye` or vanish, as the profile says.
    func depart(_ session: Int32) {
        let planned = self.configuration.plan.sessions[Int(session)]
        let agent = self.agents[Int(self.agentIndex[planned.agent])]
        guard agent.session == session else { return }
        agent.nextChatter = .distantFuture
        if agent.lostAt != nil {
            agent.lostAt = nil
            self.outages.settled(recovered: false, at: self.now, unsent: self.samples.session.unsent)
        }
        guard agent.phase == .joined else {
            agent.phase = .leaving
            if let handler = agent.handler { handler.close(.requested) } else { agent.phase = .absent }
            return
        }
        let now = self.now
        if self.configuration.profile.leave == .bye {
            self.body.removeAll(keepingCapacity: true)
            self.send(
                .bye, from: agent, to: MessageRecord.everyone, due: self.origin + planned.depart, digest: Self.noBody)
        }
        agent.phase = .leaving
        let horizon = self.configuration.profile.phases.drain.nanoseconds
        self.rooms[Int(agent.room)].ledger.leaveBegan(Int(agent.slot), now: now, horizon: horizon)
        self.settlePairs(of: agent)
        self.countForeignPairs(of: agent)
        agent.negotiator.closeAll()
        if self.configuration.profile.leave == .bye {
            self.command(.close, to: agent, at: now)
            self.timers.add(
                .hangUp(agent: self.agentIndex[Int(agent.index)], connection: agent.connection),
                at: now + 1_000_000_000)
        } else {
            agent.handler?.close(.requested)
        }
    }

    func hangUp(_ agent: Agent, _ connection: UInt32) {
        guard agent.connection == connection, agent.phase == .leaving else { return }
        agent.handler?.close(.requested)
    }

    // MARK: Deadlines of the dialect

    func armDeadline(of agent: Agent) {
        guard let deadline = agent.dialect?.deadline, deadline < agent.deadlineArmed else { return }
        agent.deadlineArmed = deadline
        self.timers.add(
            .dialectDeadline(agent: self.agentIndex[Int(agent.index)], connection: agent.connection), at: deadline)
    }

    func dialectDeadline(_ agent: Agent, _ connection: UInt32) {
        guard agent.connection == connection else { return }
        agent.deadlineArmed = .distantFuture
        guard let handler = agent.handler, let deadline = agent.dialect?.deadline else { return }
        let now = self.now
        if deadline <= now {
            do {
                let event = try agent.dialect?.expired(now: now, into: &self.outbox)
                self.drainOutbox(to: handler)
                if let event { self.handle(event, for: agent, in: ByteBuffer(), at: now) }
            } catch {
                self.failed(handler, error)
            }
        }
        self.armDeadline(of: agent)
    }
}

/// Thrown into a dial whose agent gave up on it meanwhile.
private struct AgentGone: Error {}
