extension Profile {
    /// Events a second: `50/s`, `30/m`, `100/h`.
    package struct Rate: TextRepresentable, Hashable {
        /// Events a second; never negative, 0 means never.
        package var perSecond: Double

        package init(perSecond: Double) { self.perSecond = perSecond }

        /// Nanoseconds from one event to the next at a constant rate.
        ///
        /// Only asked of rates above 0.
        package var periodNanoseconds: Int64 { max(1, Int64((1e9 / self.perSecond).rounded())) }

        /// The highest rate that a profile may give, a second.
        package static let highest = 1_000_000.0

        /// The lowest rate above 0: one in a thousand hours.
        package static let lowest = 1.0 / 3_600_000

        package init(text: String) throws(ProfileTextError) {
            let quantity = try Quantity(text: text, kind: "a rate", example: "50/s")
            let seconds: Double
            switch quantity.unit {
            case "/s": seconds = 1
            case "/m": seconds = 60
            case "/h": seconds = 3600
            case "" where quantity.value == 0: seconds = 1
            case "": throw ProfileTextError("has no unit (/s, /m, /h)", suggestion: "\(text)/s")
            case "/sec", "/second", "s", " per second", "per second", "hz", "Hz":
                throw ProfileTextError("has no known unit (/s, /m, /h)", suggestion: "\(quantity.number)/s")
            case "/min", "/minute":
                throw ProfileTextError("has no known unit (/s, /m, /h)", suggestion: "\(quantity.number)/m")
            default: throw ProfileTextError("has no known unit (/s, /m, /h)")
            }
            self.perSecond = quantity.value / seconds
            guard self.perSecond <= Rate.highest else { throw ProfileTextError("is more than 1,000,000 a second") }
            guard self.perSecond == 0 || self.perSecond >= Rate.lowest else {
                throw ProfileTextError("is less than one in 1,000 hours")
            }
        }

        package var text: String {
            for (unit, seconds) in [("/s", 1.0), ("/m", 60.0), ("/h", 3600.0)] {
                let count = self.perSecond * seconds
                if count == count.rounded(), count / seconds == self.perSecond { return "\(Int64(count))\(unit)" }
            }
            return Decimal.plain(self.perSecond) + "/s"
        }
    }
}
