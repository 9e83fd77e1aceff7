import Measure

/// A cell's running totals and the counts of the last second.
struct CellSnapshot: Sendable {
    var connected = 0
    /// Members at most since the last snapshot.
    var peakConnected = 0
    /// Agents that the plan wanted throughout since then.
    var leastPlanned = 0
    var sent: UInt64 = 0
    var deliveries: UInt64 = 0
    var useful: UInt64 = 0
    var pairsExpected = 0
    var pairsNegotiated = 0
    var pairsConnectable = 0
    /// Receipts of chatter by others since the last snapshot.
    var fanout = HistogramDelta()
    /// Receipts of room-wide signaling by others since the last snapshot.
    var signaling = HistogramDelta()
    /// Greatest loop lag since the last snapshot, in nanoseconds.
    var loopLag: Int64 = 0
    /// Agents that joined since the last snapshot.
    var connects = 0
    /// Messages that fell due since the last snapshot, sent or not.
    var offered: UInt64 = 0
    /// Processor time of the loop's thread so far, in nanoseconds.
    var threadTime: Int64 = 0

    mutating func add(_ other: CellSnapshot) {
        self.connected += other.connected
        self.peakConnected += other.peakConnected
        self.leastPlanned += other.leastPlanned
        self.sent += other.sent
        self.deliveries += other.deliveries
        self.useful += other.useful
        self.pairsExpected += other.pairsExpected
        self.pairsNegotiated += other.pairsNegotiated
        self.pairsConnectable += other.pairsConnectable
        self.fanout.add(other.fanout)
        self.signaling.add(other.signaling)
        self.loopLag = max(self.loopLag, other.loopLag)
        self.connects += other.connects
        self.offered += other.offered
        self.threadTime += other.threadTime
    }
}

/// What a loop counted since its last snapshot.
struct IntervalCounters {
    /// Receipts of chatter by others in this second, whatever the phase.
    var fanout = LatencyHistogram()
    /// Receipts of room-wide signaling by others.
    var signaling = LatencyHistogram()
    /// Greatest loop lag, in nanoseconds.
    var loopLag: Int64 = 0
    /// Agents that joined.
    var connects = 0
    /// Messages that fell due, sent or not.
    var offered: UInt64 = 0
}

/// How many agents are members, and how many the plan wants to be.
struct Presence {
    private(set) var joined = 0
    private(set) var planned = 0
    /// Greatest number of members since the last ``take()``.
    private var peakJoined = 0
    /// Least number of planned agents since then.
    private var leastPlanned = 0

    mutating func arrived() { self.planned += 1 }

    mutating func departed() {
        self.planned -= 1
        self.leastPlanned = min(self.leastPlanned, self.planned)
    }

    mutating func joinedOne() {
        self.joined += 1
        self.peakJoined = max(self.peakJoined, self.joined)
    }

    mutating func leftOne() { self.joined -= 1 }

    /// What the interval since the last call saw.
    ///
    /// - Returns: members at most, and agents that the plan wanted throughout.
    mutating func take() -> (peakJoined: Int, leastPlanned: Int) {
        defer {
            self.peakJoined = self.joined
            self.leastPlanned = self.planned
        }
        return (self.peakJoined, self.leastPlanned)
    }
}
