import Measure

/// A cell's running totals and the counts of the last second.
struct CellSnapshot: Sendable {
    var connected = 0
    var sent: UInt64 = 0
    var deliveries: UInt64 = 0
    var useful: UInt64 = 0
    var pairsExpected = 0
    var pairsNegotiated = 0
    var pairsConnectable = 0
    /// Receipts of chatter by others since the last snapshot.
    var fanout = HistogramDelta()
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
        self.sent += other.sent
        self.deliveries += other.deliveries
        self.useful += other.useful
        self.pairsExpected += other.pairsExpected
        self.pairsNegotiated += other.pairsNegotiated
        self.pairsConnectable += other.pairsConnectable
        self.fanout.add(other.fanout)
        self.loopLag = max(self.loopLag, other.loopLag)
        self.connects += other.connects
        self.offered += other.offered
        self.threadTime += other.threadTime
    }
}
