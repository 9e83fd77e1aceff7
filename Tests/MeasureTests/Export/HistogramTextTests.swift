import Measure
import Testing

struct HistogramTextTests {
    private static var histogram: LatencyHistogram {
        var histogram = LatencyHistogram()
        for value in 1...10 { histogram.record(nanoseconds: Int64(value) * 1_000_000) }
        return histogram
    }

    @Test func `a log has its header, and lines that other tools read back`() throws {
        var log = HistogramLog(
            startTime: 1_764_000_000.25, date: "2025-11-24T16:00:00Z", comment: "signalbench, mesh-8")
        log.add(tag: "fanout.latency", start: 0, length: 1.0005, Self.histogram.delta)
        log.add(tag: "a, b\nc", start: 1.0005, length: 1, HistogramDelta())
        let lines = log.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(
            lines.prefix(4) == [
                "#[signalbench, mesh-8]",
                "#[Histogram log format version 1.3]",
                "#[StartTime: 1764000000.250 (seconds since epoch), 2025-11-24T16:00:00Z]",
                "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"",
            ])
        let fields = lines[4].split(separator: ",").map(String.init)
        #expect(fields.prefix(4) == ["Tag=fanout.latency", "0.000", "1.001", "10.000"])
        #expect(try HistogramDecoder(base64: fields[4]).counts.count == 10)
        #expect(lines[5].hasPrefix("Tag=a__b_c,1.001,1.000,0.000,HISTFAAAA"), "a tag has no comma, blank or line end")
        #expect(lines.count == 7 && lines[6].isEmpty)
    }

    @Test func `a comment cannot break out of its line`() {
        let log = HistogramLog(startTime: 0, date: "x]\ny", comment: "a\nb]")
        #expect(log.text.split(separator: "\n").count == 4)
    }

    @Test func `the percentile table is the one that HdrHistogram prints`() {
        #expect(Self.histogram.percentileText(ticksPerHalf: 2) == Self.table)
    }

    @Test func `an empty table has no rows, and undelivered samples are told`() {
        var histogram = LatencyHistogram()
        histogram.censor(3)
        let lines = histogram.percentileText().split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines.last == "#[Undelivered = 3]")
    }

    // Printed by outputPercentileDistribution of hdrhistogram-swift for the same ten values.
    private static let table = """
               Value     Percentile TotalCount 1/(1-Percentile)

               1.000 0.000000000000          1           1.00
               3.000 0.250000000000          3           1.33
               5.001 0.500000000000          5           2.00
               7.000 0.625000000000          7           2.67
               8.004 0.750000000000          8           4.00
               9.003 0.812500000000          9           5.33
               9.003 0.875000000000          9           8.00
              10.002 0.906250000000         10          10.67
              10.002 1.000000000000         10
        #[Mean    =        5.500, StdDeviation   =        2.872]
        #[Max     =       10.002, Total count    =           10]
        #[Buckets =           26, SubBuckets     =         2048]

        """
}
