import Backends
import Measure
import Signaling
import Workload

extension LoopCell {
    /// Enters this loop's slice of the plan into the timer queue.
    ///
    /// - Parameter origin: T0; every planned time counts from it and is never moved.
    func start(at origin: Instant) {
        let plan = self.configuration.plan
        self.window = RunWindow(origin: origin, steady: plan.phases.steadyStart..<plan.phases.steadyEnd)
        self.outages.start(at: origin)
        self.schedule.reserve(self.agents.count * 4)
        for agent in self.agents {
            for session in plan.agents[Int(agent.index)].sessions {
                let planned = plan.sessions[session]
                self.schedule.add(.arrive(session: Int32(session)), at: origin + planned.arrive)
                if planned.departsEarly {
                    self.schedule.add(.depart(session: Int32(session)), at: origin + planned.depart)
                }
            }
        }
        for index in self.rooms.indices {
            guard let callsAt = plan.rooms[Int(self.rooms[index].index)].callsAt else { continue }
            self.rooms[index].callsAt = origin + callsAt
            self.schedule.add(.roomCalls(room: Int32(index)), at: origin + callsAt)
        }
        for (index, call) in plan.calls.enumerated() {
            let room = self.roomIndex[plan.agents[call.agent].room]
            guard room >= 0 else { continue }
            if self.rooms[Int(room)].callsAt != nil {
                self.rooms[Int(room)].calls.append(Int32(index))
            } else {
                self.schedule.add(.call(index: Int32(index)), at: origin + call.at)
            }
        }
        self.negotiations.reserve(pairs: plan.pairs.count / self.configuration.loops / self.configuration.shard.count)
        for pair in plan.pairs where self.roomIndex[pair.room] >= 0 {
            self.negotiations.add(
                PairProgress(
                    sessionA: Int32(pair.sessionA), sessionB: Int32(pair.sessionB), room: Int32(pair.room),
                    start: origin + pair.start, isCensored: pair.censored))
            self.rooms[Int(self.roomIndex[pair.room])].pairs += 1
        }
        self.schedule.add(.finalLeave, at: origin + plan.phases.steadyEnd)
        if self.configuration.profile.leave == .bye {
            self.goodbyes = self.agents.count
            for agent in self.agents {
                self.schedule.add(.goodbye(agent: agent.local), at: origin + plan.leaves(agent: Int(agent.index)))
            }
        }
        self.scheduleFaults(at: origin)
        // A virtual clock never lags.
        if !self.configuration.isSimulated { self.schedule.add(.lagProbe, at: origin) }
        self.schedule.add(.upkeep, at: origin + 1_000_000_000)
    }

    // MARK: Calls

    /// The first call of a room that calls only when all are present is due.
    func roomCallsDue(_ room: Int32) {
        if self.rooms[Int(room)].settled >= self.rooms[Int(room)].members.count {
            self.startRoomCalls(room)
        } else {
            self.rooms[Int(room)].awaitsMembers = true
            self.schedule.add(
                .roomCallsAnyway(room: room), at: self.now + self.configuration.settings.connectTimeout)
        }
    }

    /// A member joined, or will not: a room that waited for its last member starts its calls.
    func memberSettled(_ room: Int32) {
        self.rooms[Int(room)].settled += 1
        guard self.rooms[Int(room)].awaitsMembers,
            self.rooms[Int(room)].settled >= self.rooms[Int(room)].members.count
        else { return }
        self.startRoomCalls(room)
    }

    /// Schedules a room's calls by plan, all shifted by as much as the first one is late.
    func startRoomCalls(_ room: Int32) {
        guard let planned = self.rooms[Int(room)].callsAt, !self.rooms[Int(room)].calls.isEmpty else { return }
        self.rooms[Int(room)].awaitsMembers = false
        let shift = max(0, self.now - planned)
        let late = shift > Self.tolerance ? shift : 0
        for index in self.rooms[Int(room)].calls {
            let at = self.window.origin + self.configuration.plan.calls[Int(index)].at
            self.schedule.add(.call(index: index), at: at + late)
        }
        self.rooms[Int(room)].calls = []
    }

    /// A room that is ready this soon after its time keeps its plan; anything less would call timer noise a shift.
    private static let tolerance: Int64 = 5_000_000

    /// A planned call is due: it is sent, or waits for the join that it needs.
    func callDue(_ index: Int32, at due: Instant) {
        let call = self.configuration.plan.calls[Int(index)]
        let local = self.agentIndex[call.agent]
        guard local >= 0 else { return }
        let agent = self.agents[Int(local)]
        guard agent.session.planned == Int32(call.session), !self.isLeaving else { return }
        switch agent.session.phase {
        case .joined: self.call(agent, due: due)
        case .preparing, .connecting, .joining, .lost, .absent: agent.pendingCall = due
        case .leaving: break
        }
    }

    func call(_ agent: Agent, due: Instant) {
        guard !self.isLeaving else { return }
        self.announce(.call, from: agent, due: max(due, agent.session.joinedAt))
    }

    // MARK: Chatter

    /// Starts an agent's chatter on the absolute schedule that the plan gave it.
    func startChatter(_ agent: Agent) {
        guard let period = self.configuration.plan.chatterPeriod, period > 0 else { return }
        let phases = self.configuration.plan.phases
        let phase = self.configuration.plan.agents[Int(agent.index)].chatterPhase
        let first = phases.rampEnd + phase
        let elapsed = self.now - self.window.origin
        let skipped = elapsed > first ? (elapsed - first + period - 1) / period : 0
        let at = first + skipped * period
        guard at < phases.steadyEnd else { return }
        agent.nextChatter = self.window.origin + at
        self.schedule.add(.chatter(agent: agent.local), at: agent.nextChatter)
    }

    func chatterDue(_ agent: Agent, at due: Instant) {
        // Overtaken by a reconnect that re-armed it.
        guard due == agent.nextChatter, let period = self.configuration.plan.chatterPeriod else { return }
        guard agent.session.phase != .absent, agent.session.phase != .leaving else { return }
        let next = due + period
        if next - self.window.origin < self.configuration.plan.phases.steadyEnd {
            agent.nextChatter = next
            self.schedule.add(.chatter(agent: agent.local), at: next)
        } else {
            agent.nextChatter = .distantFuture
        }
        self.body.removeAll(keepingCapacity: true)
        let bytes = self.configuration.profile.chatter?.bytes ?? 0
        let digest = self.configuration.pool.pad(
            agent: Int(agent.index), n: agent.chatterCount, bytes: bytes, into: &self.body)
        agent.chatterCount += 1
        self.send(.chatter, from: agent, to: MessageRecord.everyone, due: due, digest: digest)
    }

    // MARK: Leaving

    /// The plan's end: nothing new begins, and pairs are what they are now.
    func finalLeave() {
        self.isLeaving = true
        self.negotiations.close()
        guard self.configuration.profile.leave == .bye else { return }
        self.negotiations.settleAllPairs()
        for agent in self.agents where agent.session.isJoined {
            self.negotiations.countForeignPairs(of: agent)
            agent.negotiator.closeAll()
        }
    }

    /// An agent that is still there says `bye`, and stays subscribed until the drain ends.
    func goodbye(_ agent: Agent, at due: Instant) {
        self.goodbyes -= 1
        guard agent.session.isJoined else { return }
        self.announce(.bye, from: agent, due: due)
    }
}
