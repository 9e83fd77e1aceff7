/// A cell's running totals and the counts of the last second.
struct CellSnapshot: Sendable {
    var connected = 0
    var sent: UInt64 = 0
    var deliveries: UInt64 = 0
    var useful: UInt64 = 0
    var pairsExpected = 0
    var pairsNegotiated = 0
    var pairsConnectable = 0
    var interval = IntervalCounters()
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
        self.interval.fanout.add(other.interval.fanout)
        self.interval.loopLag = max(self.interval.loopLag, other.interval.loopLag)
        self.interval.connects += other.interval.connects
        self.interval.offered += other.interval.offered
        self.threadTime += other.threadTime
    }
}
