import Testing

@testable import Workload

@Suite struct ProfileValueTests {
    @Test(arguments: [
        ("20s", 20_000_000_000, "20s"), ("500ms", 500_000_000, "500ms"), ("2m", 120_000_000_000, "2m"),
        ("90s", 90_000_000_000, "90s"), ("120s", 120_000_000_000, "2m"), ("12h", 43_200_000_000_000, "12h"),
        ("1.5s", 1_500_000_000, "1500ms"), ("250us", 250_000, "250us"), ("7ns", 7, "7ns"), ("0", 0, "0s"),
        ("0ms", 0, "0s"), ("1_000ms", 1_000_000_000, "1s"), ("20 s", 20_000_000_000, "20s"),
    ])
    func `a duration reads and has one spelling`(text: String, nanoseconds: Int, canonical: String) throws {
        let duration = try Profile.Duration(text: text)
        #expect(duration.nanoseconds == Int64(nanoseconds))
        #expect(duration.text == canonical)
        #expect(try Profile.Duration(text: canonical) == duration)
    }

    @Test(arguments: [
        ("20", "has no unit (ns, us, ms, s, m, h)", "20s"), ("20sec", "has no known unit (ns, us, ms, s, m, h)", "20s"),
        ("3parsecs", "has no known unit (ns, us, ms, s, m, h)", nil),
        ("2d", "has no known unit (ns, us, ms, s, m, h)", "24h"),
        ("-5s", "is negative", nil), ("soon", "is not a duration such as 20s", nil),
        ("", "is not a duration such as 20s", nil),
        (".5s", "is not a duration such as 20s", nil), ("1.2.3s", "is not a duration such as 20s", nil),
        ("9000h", "is longer than 366 days", nil), ("99999999999999999999h", "is longer than 366 days", nil),
    ])
    func `a duration that is none says why`(text: String, message: String, suggestion: String?) {
        #expect(throws: ProfileTextError(message, suggestion: suggestion)) { try Profile.Duration(text: text) }
    }

    @Test(arguments: [
        ("50/s", 50.0, "50/s"), ("30/m", 0.5, "30/m"), ("1/h", 1.0 / 3600, "1/h"), ("0.5/s", 0.5, "30/m"),
        ("0", 0, "0/s"),
        ("0.3/s", 0.3, "18/m"), ("0.123/s", 0.123, "0.123/s"),
    ])
    func `a rate reads and has one spelling`(text: String, perSecond: Double, canonical: String) throws {
        let rate = try Profile.Rate(text: text)
        #expect(rate.perSecond == perSecond)
        #expect(rate.text == canonical)
        #expect(try Profile.Rate(text: canonical) == rate)
    }

    @Test(arguments: [
        ("50", "has no unit (/s, /m, /h)", "50/s"), ("50/sec", "has no known unit (/s, /m, /h)", "50/s"),
        ("50 Hz", "has no known unit (/s, /m, /h)", "50/s"), ("50/d", "has no known unit (/s, /m, /h)", nil),
        ("-1/s", "is negative", nil), ("fast", "is not a rate such as 50/s", nil),
        ("2000000/s", "is more than 1,000,000 a second", nil), ("0.0000001/h", "is less than one in 1,000 hours", nil),
    ])
    func `a rate that is none says why`(text: String, message: String, suggestion: String?) {
        #expect(throws: ProfileTextError(message, suggestion: suggestion)) { try Profile.Rate(text: text) }
    }

    @Test(arguments: [("10%", 100_000, "10%"), ("0.1", 100_000, "10%"), ("12.5%", 125_000, "12.5%"), ("0", 0, "0%")])
    func `a share reads and has one spelling`(text: String, millionths: Int, canonical: String) throws {
        let share = try Profile.Ratio(text: text)
        #expect(share.millionths == Int64(millionths))
        #expect(share.text == canonical)
    }

    @Test(arguments: [
        ("auto", Profile.Limit.auto), ("3", .count(3)), ("1_000", .count(1000)),
    ])
    func `a limit is auto or a number`(text: String, limit: Profile.Limit) throws {
        #expect(try Profile.Limit(text: text) == limit)
    }

    @Test(arguments: [
        ("none", "is not a whole number, and not auto", nil), ("0", "is not between 1 and 1000000", nil),
        ("2.6", "is not a whole number, and not auto", "3"), ("-4", "is not between 1 and 1000000", nil),
        ("99999999999999999999", "is not between 1 and 1000000", nil),
        ("+3", "is not a whole number, and not auto", "3"),
    ])
    func `a limit that is none says why`(text: String, message: String, suggestion: String?) {
        #expect(throws: ProfileTextError(message, suggestion: suggestion)) { try Profile.Limit(text: text) }
    }

    @Test(arguments: [
        (0.1, "0.1"), (50, "50"), (1e-7, "0.0000001"), (1.25e-5, "0.0000125"), (1e22, "10000000000000000000000"),
    ])
    func `a decimal has no exponent`(value: Double, text: String) {
        #expect(Decimal.plain(value) == text)
        #expect(Double(text) == value)
    }
}
