import Measure
import Testing

struct SeriesMergingTests {
    private static func row(_ t: Double, connected: Int, sent: UInt64, fanout: [Int64] = []) -> SeriesRow {
        var histogram = LatencyHistogram()
        for value in fanout { histogram.record(nanoseconds: value) }
        var row = SeriesRow(
            t: t, seconds: 1, agentsConnected: connected, connects: 1, offered: 2, sent: sent, deliveries: sent * 3,
            useful: sent, negotiated: 1, connectable: 1, fanout: histogram.delta, loopLagMax: t, generatorCPU: 0.5)
        row.further["machine.steal"] = 0.1
        return row
    }

    @Test func `seconds of several processes are one, with counts added and distributions merged`() throws {
        let rows = SeriesRow.merged([
            [Self.row(1, connected: 3, sent: 10, fanout: [100]), Self.row(2.01, connected: 4, sent: 30)],
            [Self.row(0.99, connected: 5, sent: 1, fanout: [200, 300]), Self.row(2, connected: 6, sent: 2)],
        ])
        #expect(rows.count == 2)
        #expect(rows.map(\.agentsConnected) == [8, 10])
        #expect(rows.map(\.sent) == [11, 32])
        #expect(rows.map(\.deliveries) == [33, 96])
        #expect(rows.map(\.connects) == [2, 2])
        #expect(rows[0].fanout?.count == 3)
        #expect(rows[0].loopLagMax == 1)
        #expect(rows[0].generatorCPU == 1)
        #expect(rows[0].further["machine.steal"] == 0.1)
        #expect(rows[0].seconds == 1)
        var series = SeriesBuilder()
        for row in rows { series.add(row) }
        let columns = series.build().columns
        #expect(columns["sent"] == [11, 21])
    }

    @Test func `a process that ended keeps its totals, and its agents are gone`() {
        let rows = SeriesRow.merged([
            [Self.row(1, connected: 3, sent: 10)],
            [
                Self.row(1, connected: 5, sent: 1), Self.row(2, connected: 6, sent: 2),
                Self.row(2.6, connected: 6, sent: 4),
            ],
        ])
        #expect(rows.map(\.sent) == [11, 12, 14])
        #expect(rows.map(\.agentsConnected) == [8, 6, 6])
        #expect(SeriesRow.merged([]).isEmpty)
        #expect(SeriesRow.merged([[], []]).isEmpty)
    }
}
