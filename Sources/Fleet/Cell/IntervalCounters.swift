import Measure

/// What a loop counted since its last snapshot.
struct IntervalCounters {
    /// Receipts of chatter by others in this second, whatever the phase.
    var fanout = LatencyHistogram()
    /// Greatest loop lag, in nanoseconds.
    var loopLag: Int64 = 0
    /// Agents that joined.
    var connects = 0
    /// Messages that fell due, sent or not.
    var offered: UInt64 = 0
}
