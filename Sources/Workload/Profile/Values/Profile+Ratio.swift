extension Profile {
    /// A share of something: `10%`, or `0.1`.
    package struct Ratio: TextRepresentable, Hashable, Comparable {
        /// Millionths, so that shares add up exactly.
        package var millionths: Int64

        package init(millionths: Int64) { self.millionths = millionths }

        package static func percent(_ value: Int64) -> Ratio { Ratio(millionths: value * 10_000) }

        package static func < (a: Ratio, b: Ratio) -> Bool { a.millionths < b.millionths }

        /// 1 for 100 %.
        package var value: Double { Double(self.millionths) / 1e6 }

        package init(text: String) throws(ProfileTextError) {
            let quantity = try Quantity(text: text, kind: "a share", example: "10%")
            switch quantity.unit {
            case "%": self.millionths = try Ratio.millionths(quantity.value * 10_000)
            case "": self.millionths = try Ratio.millionths(quantity.value * 1_000_000)
            case "percent", "pct": throw ProfileTextError("has no known unit (%)", suggestion: "\(quantity.number)%")
            default: throw ProfileTextError("has no known unit (%)")
            }
        }

        private static func millionths(_ value: Double) throws(ProfileTextError) -> Int64 {
            guard value <= 1e9 else { throw ProfileTextError("is more than 100,000 %") }
            return Int64(value.rounded())
        }

        package var text: String { Decimal.plain(Double(self.millionths) / 10_000) + "%" }
    }
}
