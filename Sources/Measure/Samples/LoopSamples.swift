package import Signaling

/// All that one event loop saw in a run; leaves the loop once, at the end.
///
/// Merging with ``add(_:)`` is associative and commutative: counts and histograms are summed, lists concatenated,
/// percentiles never averaged.
package struct LoopSamples: Sendable {
    package var signaling = TrafficCounters()
    package var chatter = TrafficCounters()
    /// Of `signaling`, what was addressed to peers that are not ours.
    package var toForeign = TrafficCounters()
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

    /// Why things failed.
    package var causes = CauseLog()
    /// What came and means nothing under the settings.
    package var unknownEvents = UnknownEvents()

    /// Before, during and after the faults of the plan.
    package var faults = FaultSamples()

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

    /// Places samples that never arrived at the far end of a distribution.
    ///
    /// - Parameters:
    ///   - probe: the distribution.
    ///   - samples: how many.
    ///   - age: how long they had been waited for, in nanoseconds: their value is at least that.
    package mutating func censor(_ probe: Probe, _ samples: UInt64, age: Int64) {
        self.probes[probe.rawValue].censor(samples, age: age)
    }

    /// The greatest p99 among the kinds of deliveries so far, in nanoseconds.
    ///
    /// Of those that came; nil when there are too few of each. It takes some 100 µs: once a second, not at each event.
    package var deliveryP99: Int64? {
        SignalKind.allCases.lazy.compactMap { self.probes[Probe.delivery($0).rawValue].roughP99 }.max()
    }

    package mutating func add(_ other: LoopSamples) {
        self.signaling.add(other.signaling)
        self.chatter.add(other.chatter)
        self.toForeign.add(other.toForeign)
        self.session.add(other.session)
        self.ledger.add(other.ledger)
        self.causes.add(other.causes)
        self.unknownEvents.add(other.unknownEvents)
        for i in self.probes.indices { self.probes[i].add(other.probes[i]) }
        self.pairs += other.pairs
        self.roomsComplete += other.roomsComplete
        self.roomsCompleteAt += other.roomsCompleteAt
        self.outages = Outage.merged(self.outages + other.outages)
        self.faults.add(other.faults)
        self.busiestLoop = max(self.busiestLoop, other.busiestLoop)
        self.loopSeconds += other.loopSeconds
    }
}
