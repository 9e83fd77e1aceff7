import Glibc
import Measure
import Signaling
import Workload

extension LoopCell {
    private static let probeInterval: Int64 = 10_000_000

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
        self.timers.add(.lagProbe, at: tick)
    }

    /// Once a second: ghosts, and records that linger.
    func upkeep(at due: Instant) {
        let now = self.now
        for room in self.rooms.indices { self.rooms[room].ledger.sweep(now: now) }
        if let limit = self.configuration.profile.signaling.ghostTimeout?.nanoseconds {
            for agent in self.agents where agent.phase == .joined {
                for peer in agent.peers.indices
                where agent.negotiator[peer].state != .none && agent.peers[peer].heardAt + limit < now {
                    _ = agent.negotiator.departed(peer)
                }
            }
        }
        self.timers.add(.upkeep, at: due + 1_000_000_000)
    }

    /// Processor time that this thread has used, in nanoseconds.
    static func threadTime() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// What happened since the last snapshot.
    func snapshot() -> CellSnapshot {
        var snapshot = CellSnapshot()
        snapshot.connected = self.agents.reduce(0) { $0 + ($1.phase == .joined ? 1 : 0) }
        let traffic = self.samples.traffic
        snapshot.sent = traffic.sent
        snapshot.deliveries = traffic.deliveries
        snapshot.useful = traffic.useful
        for pair in self.pairs.pairs where !pair.isCensored {
            snapshot.pairsExpected += 1
            if pair.negotiatedAt != nil { snapshot.pairsNegotiated += 1 }
            if pair.connectableAt != nil { snapshot.pairsConnectable += 1 }
        }
        snapshot.fanout = self.interval.fanout.drain()
        snapshot.loopLag = self.interval.loopLag
        snapshot.connects = self.interval.connects
        snapshot.offered = self.interval.offered
        snapshot.threadTime = Self.threadTime()
        self.interval.loopLag = 0
        self.interval.connects = 0
        self.interval.offered = 0
        return snapshot
    }

    /// Required deliveries outstanding and sends that think time holds back; the drain ends when there are none.
    ///
    /// Never 0 before the plan's end was played, however late this loop is with it.
    var unfinished: Int { self.rooms.reduce(self.thinking + (self.isLeaving ? 0 : 1)) { $0 + $1.ledger.outstanding } }
}
