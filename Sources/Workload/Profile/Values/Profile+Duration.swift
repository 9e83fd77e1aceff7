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
