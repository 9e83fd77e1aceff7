import Backends
import Glibc
import Measure
import NIOCore
import Signaling
import Workload

// What a loop does on its own account: its lag, once a second its upkeep and a snapshot, and the end.
extension LoopCell {
    private static let probeInterval: Int64 = 10_000_000
    /// How many pairs keep their steps for the report's sequence diagrams.
    private static let historiesKept = 10
    /// How long the backend has to end connections that said goodbye at the end of the run.
    private static let closeLimit = TimeAmount.milliseconds(1_500)

    /// The loop's lag on an absolute 10 ms schedule: every tick that a freeze swallowed is a sample (`measurement.md` 1.7).
    func probeLag(due: Instant) {
        let now = self.now
        var tick = due
        while tick <= now {
            let lag = now - tick
            self.samples.record(.loopLag, lag)
            self.interval.loopLag = max(self.interval.loopLag, lag)
            tick = tick + Self.probeInterval
        }
        self.schedule.add(.lagProbe, at: tick)
    }

    /// Once a second: ghosts, and records that linger.
    func upkeep(at due: Instant) {
        let now = self.now
        for room in self.rooms.indices {
            self.rooms[room].traffic.sweep(
                at: now, in: self.window, into: &self.samples, outages: &self.outages)
        }
        // It costs more than all else here, and moves little before there are a few more deliveries.
        let deliveries = self.samples.signaling.deliveries + self.samples.chatter.deliveries
        if deliveries > self.deliveriesAtP99 + self.deliveriesAtP99 / 64 {
            self.deliveriesAtP99 = deliveries
            self.deliveryP99 = self.samples.deliveryP99
        }
        if let limit = self.configuration.profile.signaling.ghostTimeout?.nanoseconds {
            for agent in self.agents where agent.session.isJoined {
                for peer in agent.peers.indices
                where agent.negotiator[peer].state != .none && agent.peers[peer].heardAt + limit < now {
                    _ = agent.negotiator.departed(peer)
                }
            }
        }
        self.schedule.add(.upkeep, at: due + 1_000_000_000)
    }

    /// Processor time that this thread has used, in nanoseconds; 0 in a simulation, whose result must not depend on it.
    private var threadTime: Int64 {
        guard !self.configuration.isSimulated else { return 0 }
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// What happened since the last snapshot.
    func snapshot() -> CellSnapshot {
        var snapshot = CellSnapshot()
        snapshot.connected = self.presence.joined
        let (peak, planned) = self.presence.take()
        snapshot.peakConnected = peak
        snapshot.leastPlanned = planned
        let traffic = self.samples.traffic
        snapshot.sent = traffic.sent
        snapshot.deliveries = traffic.deliveries
        snapshot.useful = traffic.useful
        snapshot.pairsExpected = self.negotiations.counts.expected
        snapshot.pairsNegotiated = self.negotiations.counts.negotiated
        snapshot.pairsConnectable = self.negotiations.counts.connectable
        snapshot.fanout = self.interval.fanout.drain()
        snapshot.signaling = self.interval.signaling.drain()
        snapshot.loopLag = self.interval.loopLag
        snapshot.connects = self.interval.connects
        snapshot.offered = self.interval.offered
        snapshot.threadTime = self.threadTime
        self.interval.loopLag = 0
        self.interval.connects = 0
        self.interval.offered = 0
        return snapshot
    }

    /// Required deliveries outstanding and sends that think time holds back; the drain ends when there are none.
    ///
    /// Never 0 before the plan's end was played and everybody left, however late this loop is with it.
    var unfinished: Int {
        self.rooms.reduce(self.negotiations.thinking + (self.isLeaving ? self.goodbyes : 1)) {
            $0 + $1.traffic.outstanding
        }
    }

    // MARK: End

    /// Ends the run on this loop and hands over what it saw.
    ///
    /// - Parameter planned: whether the plan was played to its end.
    /// - Returns: its samples; the cell records nothing afterwards.
    func finish(planned: Bool) -> LoopSamples {
        self.isEnded = true
        self.schedule.stop()
        let now = self.now
        self.settleAllSessions(at: now)
        self.negotiations.settleAllPairs()
        self.negotiations.countForeignPairs()
        for room in self.rooms.indices {
            self.rooms[room].traffic.close(
                at: now, in: self.window, into: &self.samples, outages: &self.outages)
            if let at = self.rooms[room].completeAt {
                self.samples.roomsComplete += 1
                self.samples.roomsCompleteAt.append(Double(at - self.window.origin) / 1e9)
            }
        }
        for agent in self.agents where planned && agent.session.planned >= 0 {
            if !agent.session.everJoined, !agent.session.isCountedRefused { self.samples.session.refused += 1 }
        }
        self.samples.outages = self.outages.take(unsent: self.samples.session.unsent)
        self.collectPairs(until: now)
        self.collectWire()
        self.collectFanout()
        self.samples.loopSeconds = Double(self.threadTime) / 1e9
        return self.samples
    }

    /// Keeps what a connection carried that has ended, or that the run ends before.
    func collect(_ connection: Connection) {
        self.wire.add(connection.counters)
        self.samples.unknownEvents.add(connection.overlooked)
    }

    /// What all connections of this loop carried.
    private func collectWire() {
        for agent in self.agents { if let connection = agent.connection { self.collect(connection) } }
        self.samples.session.wireSent = self.wire.bytesSent
        self.samples.session.wireReceived = self.wire.bytesReceived
        self.samples.session.wireMessagesReceived = self.wire.messagesReceived
        self.samples.session.foreignMembers = self.rooms.reduce(0) { $0 + UInt64($1.foreignMembers.count) }
    }

    /// The fan-out of signaling messages is the deliveries of those kinds that everybody in a room gets.
    private func collectFanout() {
        for kind in SignalKind.allCases where kind != .chatter {
            guard !self.configuration.deliveryRule.routesDirected || kind == .call || kind == .bye else { continue }
            self.samples[.signalingFanout].add(self.samples[Probe.delivery(kind)])
        }
    }

    private func collectPairs(until now: Instant) {
        let plan = self.configuration.plan
        var outcomes: [PairOutcome] = []
        outcomes.reserveCapacity(self.negotiations.pairs.pairs.count)
        for var pair in self.negotiations.pairs.pairs {
            let a = plan.sessions[Int(pair.sessionA)].agent
            let b = plan.sessions[Int(pair.sessionB)].agent
            if pair.connectableAt == nil {
                for agent in [a, b] {
                    let session = self.agents[Int(self.agentIndex[agent])].session
                    if !session.everJoined, session.isRefusedByBackend { pair.steps.insert(.backendRefused) }
                    if !session.everJoined || session.phase == .lost { pair.steps.insert(.gone) }
                }
            }
            if !pair.isCensored, let time = pair.time {
                self.samples.record(.negotiationTime, time)
                self.samples.record(.negotiationPlanned, pair.planned)
            } else if !pair.isCensored, pair.start <= now {
                self.samples.censor(.negotiationTime, 1, age: min(now - pair.start, plan.timeoutNanoseconds))
            }
            outcomes.append(PairOutcome(progress: pair, agentA: Int32(a), agentB: Int32(b)))
        }
        var worst = outcomes.indices.filter { !outcomes[$0].progress.isCensored }
        worst.sort { PairOutcome.isWorse(outcomes[$0], outcomes[$1]) }
        for index in worst.prefix(Self.historiesKept) {
            outcomes[index].history = self.negotiations.pairs.history(of: outcomes[index].progress)
        }
        self.samples.pairs = outcomes
    }

    /// Closes every connection; the future completes when all are gone, and the cell with them.
    func closeAll() -> EventLoopFuture<Void> {
        let now = self.now
        let hangsUp = self.configuration.profile.leave == .bye
        for agent in self.agents {
            if hangsUp { agent.connection?.closeGracefully(at: now) } else { agent.connection?.close() }
        }
        self.connections.flush()
        let done = self.loop.makePromise(of: Void.self)
        self.waitForEnd(until: self.loop.now + Self.closeLimit, done)
        return done.futureResult
    }

    private func waitForEnd(until limit: NIODeadline, _ done: EventLoopPromise<Void>) {
        let isOpen = self.connections.closing > 0 || self.agents.contains { $0.connection != nil }
        guard isOpen, self.loop.now < limit else {
            for agent in self.agents { agent.connection?.close() }
            let bound = NIOLoopBound(self, eventLoop: self.loop)
            return self.loop.execute {
                bound.value.dissolve()
                done.succeed(())
            }
        }
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        self.loop.scheduleTask(in: .milliseconds(5)) { bound.value.waitForEnd(until: limit, done) }
    }
}
