extension SeriesRow {
    /// Puts together what several processes that began at one T0 wrote down second by second.
    ///
    /// Counts, cores and memory are summed, distributions merged, shares of one loop or machine are the greatest. A
    /// process that has ended keeps its totals and has nobody connected any more.
    ///
    /// - Parameter parts: the rows of each process in order of time.
    /// - Returns: one row for each second that any of them saw.
    package static func merged(_ parts: [[SeriesRow]]) -> [SeriesRow] {
        let last = parts.compactMap { $0.last?.second }.max() ?? 0
        guard last > 0 else { return [] }
        var places = parts.map { _ in 0 }
        var totals = parts.map { _ -> SeriesRow? in nil }
        var merged: [SeriesRow] = []
        for second in 1...last {
            var row = SeriesRow(
                t: Double(second), seconds: 0, agentsConnected: 0, connects: 0, offered: 0, sent: 0, deliveries: 0,
                useful: 0, negotiated: 0, connectable: 0)
            var isSeen = false
            for (index, rows) in parts.enumerated() {
                var seconds = 0.0
                var connected = 0
                while places[index] < rows.count, rows[places[index]].second <= second {
                    let own = rows[places[index]]
                    row.addInterval(own)
                    seconds += own.seconds
                    connected = own.agentsConnected
                    if second == last { row.t = max(row.t, own.t) }
                    totals[index] = own
                    places[index] += 1
                    isSeen = true
                }
                row.seconds = max(row.seconds, seconds)
                row.agentsConnected += connected
                if let own = totals[index] { row.addTotals(own) }
            }
            if isSeen { merged.append(row) }
        }
        return merged
    }

    /// The whole second that it stands for; what ends between two belongs to the nearer one, and nothing to the zeroth.
    private var second: Int { self.t.isFinite && self.t < 1e9 ? max(1, Int(self.t.rounded())) : 1 }

    private mutating func addTotals(_ other: SeriesRow) {
        self.sent += other.sent
        self.deliveries += other.deliveries
        self.useful += other.useful
        self.negotiated += other.negotiated
        self.connectable += other.connectable
    }

    private mutating func addInterval(_ other: SeriesRow) {
        self.connects += other.connects
        self.offered += other.offered
        self.fanout = Self.sum(self.fanout, other.fanout)
        self.signaling = Self.sum(self.signaling, other.signaling)
        self.loopLagMax = Self.greatest(self.loopLagMax, other.loopLagMax)
        self.busiestLoop = Self.greatest(self.busiestLoop, other.busiestLoop)
        self.generatorCPU = Self.sum(self.generatorCPU, other.generatorCPU)
        self.generatorRSS = Self.sum(self.generatorRSS, other.generatorRSS)
        for (name, value) in other.further { self.further[name] = max(self.further[name] ?? value, value) }
    }

    private static func greatest(_ a: Double?, _ b: Double?) -> Double? {
        [a, b].compactMap(\.self).max()
    }

    private static func sum(_ a: HistogramDelta?, _ b: HistogramDelta?) -> HistogramDelta? {
        guard var sum = a, let b else { return a ?? b }
        sum.add(b)
        return sum
    }

    private static func sum(_ a: Double?, _ b: Double?) -> Double? {
        a == nil ? b : b == nil ? a : (a ?? 0) + (b ?? 0)
    }
}
