extension Profile {
    /// A span of time: `500ms`, `20s`, `2m`, `12h`.
    package struct Duration: TextRepresentable, Hashable, Comparable {
        /// Nanoseconds; never negative.
        package var nanoseconds: Int64

        package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

        package static func milliseconds(_ count: Int64) -> Duration { Duration(nanoseconds: count * 1_000_000) }

        package static func seconds(_ count: Int64) -> Duration { Duration(nanoseconds: count * 1_000_000_000) }

        package static let zero = Duration(nanoseconds: 0)

        /// The longest duration that a profile may give: 366 days.
        package static let longest = Duration.seconds(366 * 24 * 3600)

        /// Seconds, for display.
        package var seconds: Double { Double(self.nanoseconds) / 1e9 }

        package static func < (a: Duration, b: Duration) -> Bool { a.nanoseconds < b.nanoseconds }

        /// Units by falling size.
        private static let units: [(name: String, nanoseconds: Int64)] = [
            ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
            ("ns", 1),
        ]

        private static let misspelt: [String: String] = [
            "sec": "s", "secs": "s", "second": "s", "seconds": "s", "min": "m", "mins": "m", "minute": "m",
            "minutes": "m", "hour": "h", "hours": "h", "hr": "h", "hrs": "h", "msec": "ms", "millis": "ms",
            "µs": "us", "μs": "us", "usec": "us", "d": "h", "S": "s", "M": "m", "H": "h", "MS": "ms",
        ]

        package init(text: String) throws(ProfileTextError) {
            let quantity = try Quantity(text: text, kind: "a duration", example: "20s")
            if quantity.unit.isEmpty {
                guard quantity.value == 0 else {
                    throw ProfileTextError("has no unit (ns, us, ms, s, m, h)", suggestion: "\(text)s")
                }
                self.nanoseconds = 0
                return
            }
            guard let unit = Duration.units.first(where: { $0.name == quantity.unit }) else {
                let meant = Duration.misspelt[quantity.unit]
                throw ProfileTextError(
                    "has no known unit (ns, us, ms, s, m, h)",
                    suggestion: meant.map { $0 == "h" && quantity.unit == "d" ? "24h" : quantity.number + $0 }
                )
            }
            let nanoseconds = (quantity.value * Double(unit.nanoseconds)).rounded()
            guard nanoseconds <= Double(Duration.longest.nanoseconds) else {
                throw ProfileTextError("is longer than 366 days")
            }
            self.nanoseconds = Int64(nanoseconds)
        }

        package var text: String {
            guard self.nanoseconds > 0 else { return "0s" }
            for unit in Duration.units where self.nanoseconds % unit.nanoseconds == 0 {
                return "\(self.nanoseconds / unit.nanoseconds)\(unit.name)"
            }
            return "\(self.nanoseconds)ns"
        }
    }
}

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
