import Measure
import Signaling
import Testing

/// The catalogue against the assembly of metrics: neither may know a path that the other does not.
struct MetricCoverageTests {
    /// Samples of a run in which everything happened.
    ///
    /// How each family comes about: `agents`, `messages`, `deliveries`, `bytes`, `signaling`, `chatter`, `backend.errors`
    /// from counters of the loop and of the ledger; each distribution from 3,000 samples and 100 censored ones;
    /// `negotiation.failed.<reason>` from one pair each that got as far as that reason needs; processes from ``RunFacts``;
    /// `fault` from one fault of each kind that the run never got over.
    private static var metrics: [String: Double] {
        // A mean exists only where nothing is censored.
        Self.metrics(censored: 0).merging(Self.metrics(censored: 100)) { _, censored in censored }
            .merging(FaultReport.metrics(of: FaultReport.kinds.flatMap(Self.fault))) { own, _ in own }
            .merging(Self.instrument) { own, _ in own }
    }

    /// A floor, an audit, and one of a capture with holes.
    private static var instrument: [String: Double] {
        var samples = LoopSamples()
        var audit = AuditReport()
        for value in 1...3000 as ClosedRange<Int64> {
            for probe in FloorReport.probes { samples.record(probe, value * 1000) }
            audit.fanout.record(nanoseconds: value * 900)
        }
        (audit.messages, audit.deliveries) = (1, 2)
        var torn = audit
        torn.dropped = 1
        return FloorReport(samples).metrics.merging(torn.metrics(beside: samples[.fanout])) { own, _ in own }
            .merging(audit.metrics(beside: samples[.fanout])) { own, _ in own }
    }

    private static func metrics(censored: UInt64) -> [String: Double] {
        var samples = LoopSamples()
        samples.signaling.sent = 1
        samples.signaling.sentBytes = 100
        samples.chatter.sent = 1
        for receipt in [ReceiptClass.useful, .overheard, .echo, .duplicate, .misrouted] {
            samples.signaling.count(receipt, bytes: 100)
            samples.chatter.count(receipt, bytes: 100)
        }
        for probe in Probe.allCases {
            for value in 1...3000 { samples.record(probe, Int64(value) * 1000) }
            samples.censor(probe, censored, age: 5_000_000)
        }
        (samples.ledger.expected, samples.ledger.delivered, samples.ledger.lost) = (10, 4, 3)
        (samples.ledger.unsent, samples.ledger.excused, samples.ledger.overdue) = (2, 1, 1)
        (samples.ledger.optional, samples.ledger.reordered) = (1, 1)
        for reason in UnsentReason.allCases { samples.session.countUnsent(reason) }
        samples.session.fillForTests()
        // With foreign members there is no prediction.
        if censored == 0 { samples.session.foreignMembers = 0 }
        samples.roomsComplete = 1
        samples.roomsCompleteAt = [1]
        samples.busiestLoop = 0.5
        samples.pairs = FailureReason.allCases.map(Self.pair) + [Self.pair(nil), Self.pair(nil, isCensored: true)]
        var facts = RunFacts(agents: 2, rooms: 1)
        facts.predictedAmplification = 3
        (facts.generatorCPU, facts.generatorRSS, facts.generatorSeconds) = (0.1, 1, 1)
        (facts.backendCPU, facts.backendRSS, facts.backendSeconds) = (0.1, 1, 1)
        facts.backendThrottled = 1
        return MetricAssembly(samples: samples, facts: facts, drainMilliseconds: 5000).metrics()
    }

    /// A fault from the tenth second to the eleventh, in a run that never got over it.
    private static func fault(_ kind: String) -> [FaultReport] {
        let second: Int64 = 1_000_000_000
        let windows = FaultWindows.windows(of: [(kind: kind, name: kind, at: 10 * second, span: second)])
        var samples = LoopSamples()
        samples.faults = FaultSamples(windows)
        for due in [5, 10, 12].map({ $0 * second }) {
            for isChatter in [true, false] {
                for value in 1...3000 {
                    samples.faults.received(due: due, at: due + 2 * second + Int64(value), isChatter: isChatter)
                }
                // One of each: the percentiles stay among what came.
                for wasSent in [true, false] {
                    samples.faults.missed(due: due, 1, age: second, isChatter: isChatter, wasSent: wasSent)
                }
            }
        }
        samples.faults.triedAgain(at: 11 * second)
        samples.faults.cameBack(at: 12 * second)
        samples.outages = [Outage(start: 10.5, end: nil, agents: 1, recovered: 0, unsent: 0, lost: 0)]
        let ends: [(breakAt: Int64?, mendedAt: Int64?, connectableAt: Int64?)] = [
            (nil, nil, 12), (10, 12, 9), (10, nil, 9),
        ]
        samples.pairs = ends.map { end in
            var pair = PairProgress(
                sessionA: 0, sessionB: 1, room: 0, start: Instant(nanoseconds: 9 * second), isCensored: false)
            pair.connectableAt = end.connectableAt.map { Instant(nanoseconds: $0 * second) }
            if let at = end.breakAt { pair.lostEnd(at: Instant(nanoseconds: at * second)) }
            if let at = end.mendedAt { pair.mended(at: Instant(nanoseconds: at * second)) }
            return PairOutcome(progress: pair, agentA: 0, agentB: 1)
        }
        return FaultAssembly(
            samples: samples, origin: Instant(nanoseconds: 0), duration: 20, timeout: 5 * second
        ).reports
    }

    /// A pair that failed for a reason, or became connectable.
    private static func pair(_ reason: FailureReason?) -> PairOutcome { Self.pair(reason, isCensored: false) }

    private static func pair(_ reason: FailureReason?, isCensored: Bool) -> PairOutcome {
        let start = Instant(nanoseconds: 0)
        var pair = PairProgress(sessionA: 0, sessionB: 1, room: 0, start: start, isCensored: isCensored)
        let offered: PairStep = [.callReceived, .responseSent, .responseReceived, .offerSent]
        switch reason {
        case .noResponse: pair.steps = .callReceived
        case .refusedMax: pair.steps = .refused
        case .glare: (pair.steps, pair.ending) = (offered, .bothOffering)
        case .offerTimeout: pair.steps = offered
        case .answerTimeout: pair.steps = offered.union(.offerReceived)
        case .candidateLost: pair.negotiatedAt = start
        case .falseStable: (pair.steps, pair.ending) = (offered, .bothStable)
        case .peerGone: pair.steps = .gone
        // A member that the backend would not let in is gone, too.
        case .backendRefused: pair.steps = [.backendRefused, .gone]
        case .altered: pair.steps = offered.union(.altered)
        case nil: (pair.negotiatedAt, pair.connectableAt) = (start, start)
        }
        return PairOutcome(progress: pair, agentA: 0, agentB: 1)
    }

    @Test func `every metric of a run is in the catalogue`() {
        let unknown = Self.metrics.keys.filter { MetricCatalogue.find($0) == nil }.sorted()
        #expect(unknown == [])
    }

    @Test func `some run can give every metric of the catalogue a value other than 0`() {
        let metrics = Self.metrics
        let missing = MetricCatalogue.all.map(\.path).filter { (metrics[$0] ?? 0) == 0 }
        #expect(missing == [])
    }
}

extension SessionCounters {
    /// Everything happened once.
    fileprivate mutating func fillForTests() {
        (self.connected, self.disconnected, self.refused, self.unconfirmed) = (1, 1, 1, 1)
        (self.reconnects, self.late, self.control, self.foreign) = (1, 1, 1, 1)
        (self.verified, self.corrupted, self.backendErrors) = (2, 1, 1)
        (self.sessionsPlanned, self.sessionsJoined, self.sessionsRefused) = (1, 1, 1)
        (self.sessionsExcused, self.sessionsUnheard) = (1, 1)
        (self.sessionsUnconfirmed, self.sessionsSuperseded, self.sessionsLost) = (1, 1, 1)
        (self.foreignMembers, self.wireSent, self.wireReceived) = (1, 1, 1)
        self.wireMessagesReceived = 1
        (self.foreignPairs, self.foreignNegotiated) = (1, 1)
    }
}
