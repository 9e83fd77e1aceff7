package import Measure

/// The state of a run once a second: for the progress line and the time series.
package struct FleetSnapshot: Sendable {
    /// Seconds since T0.
    package var elapsed: Double
    /// Seconds since the snapshot before.
    package var interval: Double
    package var phase: FleetPhase
    package var requested: Int
    package var connected: Int
    /// Agents that joined within the interval.
    package var connects: Int
    /// Totals since T0.
    package var sent: UInt64
    package var deliveries: UInt64
    package var useful: UInt64
    /// Messages that fell due within the interval, sent or not.
    package var offered: UInt64
    package var pairsExpected: Int
    package var pairsNegotiated: Int
    package var pairsConnectable: Int
    /// Receipts of chatter by others within the interval.
    package var fanout: HistogramDelta
    /// Receipts of room-wide signaling by others within the interval.
    package var signaling: HistogramDelta
    /// Greatest loop lag within the interval, in milliseconds.
    package var loopLag: Double
    /// Share of a core that the busiest loop used within the interval.
    package var busiestLoop: Double
    /// When the plan ends, the drain at its longest, in seconds since T0.
    package var planEnd: Double
}

extension FleetSnapshot {
    /// Takes what another part of the same plan saw in the same second.
    package mutating func add(_ other: FleetSnapshot) {
        self.requested += other.requested
        self.connected += other.connected
        self.connects += other.connects
        self.sent += other.sent
        self.deliveries += other.deliveries
        self.useful += other.useful
        self.offered += other.offered
        self.pairsExpected += other.pairsExpected
        self.pairsNegotiated += other.pairsNegotiated
        self.pairsConnectable += other.pairsConnectable
        self.fanout.add(other.fanout)
        self.loopLag = max(self.loopLag, other.loopLag)
        self.busiestLoop = max(self.busiestLoop, other.busiestLoop)
        self.planEnd = max(self.planEnd, other.planEnd)
    }

    /// The same totals a while later, in which nothing more happened.
    package func later(elapsed: Double, interval: Double, phase: FleetPhase) -> FleetSnapshot {
        var later = self
        (later.elapsed, later.interval, later.phase) = (elapsed, interval, phase)
        (later.connects, later.offered, later.fanout) = (0, 0, HistogramDelta())
        (later.loopLag, later.busiestLoop) = (0, 0)
        return later
    }
}
