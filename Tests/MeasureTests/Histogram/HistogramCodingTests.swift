import Foundation
import Measure
import Testing

struct HistogramCodingTests {
    private static func filled() -> LatencyHistogram {
        var histogram = LatencyHistogram()
        for value in [0, 1, 63, 64, 131_071, 131_072, 5_000_000, 5_000_001, 3_600_000_000_000] as [Int64] {
            histogram.record(nanoseconds: value)
        }
        histogram.record(nanoseconds: -5)
        histogram.record(nanoseconds: .max)
        histogram.censor(7, age: 9_000_000)
        return histogram
    }

    @Test func `a distribution comes back with its counts, its extremes and what has no value`() throws {
        let before = Self.filled()
        let after = try JSONDecoder().decode(LatencyHistogram.self, from: JSONEncoder().encode(before))
        #expect(after.delta == before.delta)
        #expect(after.censored == 7 && after.censoredAge == 9_000_000 && after.outOfRange == 2)
        let empty = try JSONDecoder().decode(LatencyHistogram.self, from: JSONEncoder().encode(LatencyHistogram()))
        #expect(empty == LatencyHistogram())
    }

    @Test func `what comes back adds up as what was written does`() throws {
        let one = Self.filled()
        var two = LatencyHistogram()
        for value in stride(from: Int64(10), to: 1_000_000, by: 777) { two.record(nanoseconds: value) }
        var here = one
        here.add(two)
        var there = try JSONDecoder().decode(LatencyHistogram.self, from: JSONEncoder().encode(one))
        there.add(try JSONDecoder().decode(LatencyHistogram.self, from: JSONEncoder().encode(two)))
        #expect(there.delta == here.delta)
    }

    @Test(arguments: [
        #"{"slots":[1],"min":64,"max":64}"#, #"{"slots":[2,1,1,1],"min":64,"max":128}"#,
        #"{"slots":[1,0],"min":64,"max":64}"#, #"{"slots":[99999999,1],"min":64,"max":64}"#,
        #"{"slots":[1,1],"min":64,"max":640}"#, #"{"slots":[1,1],"min":64,"max":-1}"#,
        #"{"slots":[1,18446744073709551615,2,1],"min":64,"max":128}"#, #"{"slots":[1,-1],"min":64,"max":64}"#,
        #"{"min":0,"max":0}"#,
    ])
    func `counts that no distribution has are refused`(json: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(HistogramDelta.self, from: Data(json.utf8))
        }
    }
}
