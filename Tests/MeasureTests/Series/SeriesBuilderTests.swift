import Measure
import Testing

struct SeriesBuilderTests {
    private static func row(
        _ t: Double, seconds: Double = 1, total: UInt64, fanout: HistogramDelta? = nil, cpu: Double? = nil
    ) -> SeriesRow {
        SeriesRow(
            t: t, seconds: seconds, agentsConnected: 10, connects: 2, offered: 5, sent: total, deliveries: total * 3,
            useful: total * 2, negotiated: Int(total) / 10, connectable: Int(total) / 20, fanout: fanout,
            loopLagMax: 0.5,
            generatorCPU: cpu)
    }

    @Test func `totals become counts of each row whose sum is the total`() {
        var builder = SeriesBuilder()
        for (t, total) in [(1.0, 100), (2.0, 250), (3.2, 250), (4.1, 400)] as [(Double, UInt64)] {
            builder.add(Self.row(t, total: total))
        }
        let report = builder.build()
        #expect(report.t == [1, 2, 3.2, 4.1])
        #expect(report.columns["sent"] == [100, 150, 0, 150])
        #expect(report.columns["deliveries"]?.compactMap { $0 }.reduce(0, +) == 1200)
        #expect(report.columns["negotiated"] == [10, 15, 0, 15])
        #expect(report.columns["agents.connected"] == [10, 10, 10, 10])
        #expect(report.columns["connects"] == [2, 2, 2, 2])
    }

    @Test func `a value that is missing in a row is nil and never 0`() {
        var builder = SeriesBuilder()
        builder.add(Self.row(1, total: 1))
        builder.add(Self.row(2, total: 2, cpu: 0.5))
        builder.add(Self.row(3, total: 3, cpu: .nan))
        let report = builder.build()
        #expect(report.columns["generator.cpu"] == [nil, 0.5, nil])
        #expect(report.columns["backend.cpu"] == nil, "a column that never has a value does not exist")
        #expect(report.columns.values.allSatisfy { $0.count == 3 })
    }

    @Test func `percentiles of a row keep to the sample counts`() {
        var histogram = LatencyHistogram()
        for value in 1...100 { histogram.record(nanoseconds: Int64(value) * 1_000_000) }
        var builder = SeriesBuilder()
        builder.add(Self.row(1, total: 1, fanout: histogram.delta))
        for value in 101...400 { histogram.record(nanoseconds: Int64(value) * 1_000_000) }
        builder.add(Self.row(2, total: 1, fanout: histogram.delta))
        builder.add(Self.row(3, total: 1, fanout: HistogramDelta()))
        let columns = builder.build().columns
        #expect(columns["fanout.p99"]?[0] == nil)
        #expect(columns["fanout.p99"]?[1] != nil)
        #expect(columns["fanout.max"] == [100, 400, nil])
        #expect(columns["fanout.p50"]?.map { $0 == nil } == [false, false, true])
    }

    @Test func `a row that does not come later is ignored and totals never go back`() {
        var builder = SeriesBuilder()
        builder.add(Self.row(1, total: 100))
        builder.add(Self.row(1, total: 200))
        builder.add(Self.row(2, total: 50))
        builder.add(Self.row(3, total: 120))
        let report = builder.build()
        #expect(report.t == [1, 2, 3])
        #expect(report.columns["sent"] == [100, 0, 20])
    }

    @Test func `marks are kept in their order`() {
        var builder = SeriesBuilder(interval: 0.5)
        builder.phase("ramp", start: 0, end: 3)
        builder.phase("steady", start: 3, end: 9)
        builder.fault("backend stopped", start: 4, end: 6)
        let report = builder.build()
        #expect(report.interval == 0.5)
        #expect(report.phases.map(\.name) == ["ramp", "steady"])
        #expect(report.faults == [SeriesReport.FaultMark(name: "backend stopped", start: 4, end: 6)])
    }
}
