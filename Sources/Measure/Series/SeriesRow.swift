/// The state of a run at the end of one interval, as the series takes it.
package struct SeriesRow: Equatable, Codable, Sendable {
    /// Seconds from T0 to the end of the interval, and how long it was.
    package var t: Double
    package var seconds: Double
    package var agentsConnected: Int
    /// Within the interval.
    package var connects: Int
    package var offered: UInt64
    /// Totals since T0; the series takes differences.
    package var sent: UInt64
    package var deliveries: UInt64
    package var useful: UInt64
    package var negotiated: Int
    package var connectable: Int
    /// Receipts of chatter by others within the interval; nil without chatter.
    package var fanout: HistogramDelta?
    /// Receipts of room-wide signaling by others within the interval; the series has no column for them.
    package var signaling: HistogramDelta?
    /// Greatest loop lag within the interval, in milliseconds.
    package var loopLagMax: Double?
    /// Share of a core that the busiest loop used.
    package var busiestLoop: Double?
    /// Cores and bytes.
    package var generatorCPU: Double?
    package var generatorRSS: Double?
    package var backendCPU: Double?
    package var backendRSS: Double?
    /// Further columns by name.
    package var further: [String: Double] = [:]

    package init(
        t: Double,
        seconds: Double,
        agentsConnected: Int,
        connects: Int,
        offered: UInt64,
        sent: UInt64,
        deliveries: UInt64,
        useful: UInt64,
        negotiated: Int,
        connectable: Int,
        fanout: HistogramDelta? = nil,
        loopLagMax: Double? = nil,
        busiestLoop: Double? = nil,
        generatorCPU: Double? = nil,
        generatorRSS: Double? = nil,
        backendCPU: Double? = nil,
        backendRSS: Double? = nil
    ) {
        self.t = t
        self.seconds = seconds
        self.agentsConnected = agentsConnected
        self.connects = connects
        self.offered = offered
        self.sent = sent
        self.deliveries = deliveries
        self.useful = useful
        self.negotiated = negotiated
        self.connectable = connectable
        self.fanout = fanout
        self.loopLagMax = loopLagMax
        self.busiestLoop = busiestLoop
        self.generatorCPU = generatorCPU
        self.generatorRSS = generatorRSS
        self.backendCPU = backendCPU
        self.backendRSS = backendRSS
    }
}
