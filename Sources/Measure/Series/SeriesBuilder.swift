/// Makes the columns of a run's time series out of one row a second.
package struct SeriesBuilder: Sendable {
    private var report: SeriesReport
    private var before: (sent: UInt64, deliveries: UInt64, useful: UInt64, negotiated: Int, connectable: Int)

    /// A series without rows.
    ///
    /// - Parameter interval: Seconds that a row is meant to cover.
    package init(interval: Double = 1) {
        self.report = SeriesReport(interval: interval)
        self.before = (0, 0, 0, 0, 0)
    }

    /// Adds a row; a row that does not end after the one before is ignored.
    ///
    /// Totals that went back, as after a mistake of the caller's, count as no change rather than as a negative number.
    ///
    /// - Parameter row: The state at the end of the interval.
    package mutating func add(_ row: SeriesRow) {
        if let last = self.report.t.last, row.t <= last { return }
        var values = row.further
        values.merge([
            "seconds": row.seconds,
            "agents.connected": Double(row.agentsConnected),
            "connects": Double(row.connects),
            "offered": Double(row.offered),
            "sent": Self.growth(row.sent, self.before.sent),
            "deliveries": Self.growth(row.deliveries, self.before.deliveries),
            "useful": Self.growth(row.useful, self.before.useful),
            "negotiated": Self.growth(row.negotiated, self.before.negotiated),
            "connectable": Self.growth(row.connectable, self.before.connectable),
        ]) { _, own in own }
        values["loopLag.max"] = row.loopLagMax
        values["generator.busiestLoop"] = row.busiestLoop
        values["generator.cpu"] = row.generatorCPU
        values["generator.rss"] = row.generatorRSS
        values["backend.cpu"] = row.backendCPU
        values["backend.rss"] = row.backendRSS
        if let fanout = row.fanout, fanout.count > 0 {
            for quantile in [MetricQuantile.p50, .p90, .p99] {
                values["fanout.\(quantile.rawValue)"] =
                    quantile.quantile.flatMap { fanout.quantile($0) }.flatMap(\.milliseconds)
            }
            values["fanout.max"] = Double(fanout.max) / 1e6
        }
        self.append(values, at: row.t)
        self.before = (
            Swift.max(row.sent, self.before.sent), Swift.max(row.deliveries, self.before.deliveries),
            Swift.max(row.useful, self.before.useful), Swift.max(row.negotiated, self.before.negotiated),
            Swift.max(row.connectable, self.before.connectable)
        )
    }

    /// Marks a phase on the time axis, in seconds from T0.
    package mutating func phase(_ name: String, start: Double, end: Double) {
        self.report.phases.append(SeriesReport.PhaseMark(name: name, start: start, end: end))
    }

    /// Marks a fault on the time axis, in seconds from T0.
    package mutating func fault(_ name: String, start: Double, end: Double) {
        self.report.faults.append(SeriesReport.FaultMark(name: name, start: start, end: end))
    }

    /// The series so far; every column has as many values as there are rows.
    package func build() -> SeriesReport { self.report }

    private mutating func append(_ values: [String: Double], at t: Double) {
        let rows = self.report.t.count
        self.report.t.append(t)
        for name in Set(values.keys).union(self.report.columns.keys) {
            let value = values[name].flatMap { $0.isFinite ? $0 : nil }
            self.report.columns[name, default: Array(repeating: nil, count: rows)].append(value)
        }
    }

    private static func growth<Total: BinaryInteger>(_ now: Total, _ before: Total) -> Double {
        now > before ? Double(now - before) : 0
    }
}
