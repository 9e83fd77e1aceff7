import Backends
import Measure
import NIOCore
import Signaling
import Workload

extension LoopCell {
    /// How many pairs keep their steps for the report's sequence diagrams.
    private static let historiesKept = 10

    /// Ends the run on this loop and hands over what it saw.
    ///
    /// - Parameter planned: whether the plan was played to its end.
    /// - Returns: its samples; the cell records nothing afterwards.
    func finish(planned: Bool) -> LoopSamples {
        self.stopTimers()
        self.settleAllPairs()
        self.countForeignPairs()
        let end = self.now
        for room in self.rooms.indices {
            self.rooms[room].ledger.close { record in
                self.outages.missed(UInt64(max(0, record.remaining)), sent: record.sent)
                self.censor(record)
            }
            self.samples.ledger.add(self.rooms[room].ledger.totals)
            if let at = self.rooms[room].completeAt {
                self.samples.roomsComplete += 1
                self.samples.roomsCompleteAt.append(Double(at - self.origin) / 1e9)
            }
        }
        for agent in self.agents where !agent.everJoined && !agent.countedRefused && agent.session >= 0 && planned {
            self.samples.session.refused += 1
        }
        self.samples.outages = self.outages.take(unsent: self.samples.session.unsent)
        self.collectPairs()
        self.samples.loopSeconds = Double(Self.threadTime()) / 1e9
        _ = end
        return self.samples
    }

    /// Places what never arrived at the far end of its distributions.
    private func censor(_ record: MessageRecord) {
        let missing = UInt64(max(0, record.othersRequired - record.othersReceived))
        guard missing > 0 else { return }
        self.samples[Probe.delivery(record.kind)].censor(missing)
        guard record.kind == .chatter, self.steady.contains(record.intended - self.origin) else { return }
        self.samples[.fanout].censor(missing)
        self.samples[.fanoutUncorrected].censor(missing)
        self.samples[.fanoutLast].censor(1)
        self.samples[.fanoutSkew].censor(1)
        if record.othersReceived < (record.othersRequired + 1) / 2 { self.samples[.fanoutMedian].censor(1) }
        if record.othersReceived == 0 { self.samples[.fanoutFirst].censor(1) }
    }

    private func collectPairs() {
        let plan = self.configuration.plan
        var outcomes: [PairOutcome] = []
        outcomes.reserveCapacity(self.pairs.pairs.count)
        for var pair in self.pairs.pairs {
            let a = plan.sessions[Int(pair.sessionA)].agent
            let b = plan.sessions[Int(pair.sessionB)].agent
            if pair.connectableAt == nil {
                for agent in [a, b] {
                    let local = self.agents[Int(self.agentIndex[agent])]
                    if !local.everJoined || local.phase == .lost { pair.steps.insert(.gone) }
                }
            }
            if !pair.isCensored, let at = pair.connectableAt {
                self.samples.record(.negotiationTime, at - pair.start)
                self.samples.record(.negotiationPlanned, pair.planned)
            }
            outcomes.append(PairOutcome(progress: pair, agentA: Int32(a), agentB: Int32(b)))
        }
        var worst = outcomes.indices.filter { !outcomes[$0].progress.isCensored }
        worst.sort { PairOutcome.isWorse(outcomes[$0], outcomes[$1]) }
        for index in worst.prefix(Self.historiesKept) {
            outcomes[index].history = self.pairs.history(of: outcomes[index].progress)
        }
        self.samples.pairs = outcomes
    }

    /// Closes every connection; the future completes when all are gone.
    func closeAll() -> EventLoopFuture<Void> {
        for agent in self.agents { agent.handler?.close(.requested) }
        return self.loop.makeSucceededVoidFuture()
    }
}
