import Testing

@testable import Measure

struct FixedDecimalTests {
    @Test(
        arguments: [
            (0, 3, "0.000"), (1.0005, 3, "1.001"), (-1.5, 1, "-1.5"), (0.04, 1, "0.0"), (-0.04, 1, "0.0"),
            (12, 0, "12"), (0.999999, 3, "1.000"), (123_456.789, 2, "123456.79"), (0.05, 2, "0.05"),
        ] as [(Double, Int, String)])
    func `a number is written with its decimals`(value: Double, decimals: Int, text: String) {
        #expect(FixedDecimal.text(value, decimals: decimals) == text)
    }

    @Test(
        arguments: [
            (0.0421, "0.042"), (4.2, "4.2"), (42.25, "42.3"), (420.7, "421"), (0, "0"), (10, "10"), (1234.5, "1235"),
            (0.5, "0.5"),
        ] as [(Double, String)])
    func `a short number has about three digits`(value: Double, text: String) {
        #expect(FixedDecimal.short(value) == text)
    }

    @Test func `what is too great for decimals is written as Swift writes it`() {
        #expect(FixedDecimal.text(1e300, decimals: 3) == "1e+300")
        #expect(FixedDecimal.text(.infinity, decimals: 3) == "inf")
        #expect(FixedDecimal.text(4.2, decimals: 1, width: 6) == "   4.2")
    }
}
