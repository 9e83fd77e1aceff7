/// All that one event loop saw in a run; leaves the loop once, at the end.
///
/// Merging with ``add(_:)`` is associative and commutative: counts and histograms are summed, lists concatenated,
/// percentiles never averaged.
package struct LoopSamples: Sendable {
    package var signaling = TrafficCounters()
    package var chatter = TrafficCounters()
    package var session = SessionCounters()
    package var ledger = LedgerTotals()
    /// One distribution per ``Probe``, indexed by its raw value.
    package var probes: [LatencyHistogram]
    package var pairs: [PairOutcome] = []
    /// Rooms whose whole planned mesh became connectable.
    package var roomsComplete: UInt64 = 0
    /// When each of them did, in seconds from T0.
    package var roomsCompleteAt: [Double] = []
    /// Unplanned losses of connections.
    package var outages: [Outage] = []
    /// Share of a core that the busiest loop's thread used over steady, or over the run when steady is short.
    package var busiestLoop: Double = 0
    /// Processor time of the loop threads, in seconds.
    package var loopSeconds: Double = 0

    package init() {
        self.probes = Array(repeating: LatencyHistogram(), count: Probe.allCases.count)
    }

    /// All messages together.
    package var traffic: TrafficCounters {
        var all = self.signaling
        all.add(self.chatter)
        return all
    }

    package subscript(probe: Probe) -> LatencyHistogram {
        get { self.probes[probe.rawValue] }
        _modify { yield &self.probes[probe.rawValue] }
    }

    /// Records one sample; unlike the subscript it needs no coroutine, which would allocate on the per-delivery path.
    @inlinable
    package mutating func record(_ probe: Probe, _ nanoseconds: Int64) {
        self.probes[probe.rawValue].record(nanoseconds: nanoseconds)
    }

    package mutating func add(_ other: LoopSamples) {
        self.signaling.add(other.signaling)
        self.chatter.add(other.chatter)
        self.session.add(other.session)
        self.ledger.add(other.ledger)
        for i in self.probes.indices { self.probes[i].add(other.probes[i]) }
        self.pairs += other.pairs
        self.roomsComplete += other.roomsComplete
        self.roomsCompleteAt += other.roomsCompleteAt
        self.outages = Outage.merged(self.outages + other.outages)
        self.busiestLoop = max(self.busiestLoop, other.busiestLoop)
        self.loopSeconds += other.loopSeconds
    }
}
