/// A measured number together with its unit, ready to be printed.
package struct Quantity: Equatable, Sendable {
    /// What the number counts; decides how it is scaled and written.
    package enum Unit: String, Sendable {
        /// Whole things: messages, agents, pairs.
        case count
        /// Milliseconds; longer times are written in seconds.
        case milliseconds
        /// A share from 0 to 1, written in per cent.
        case ratio
        /// A factor such as amplification, written with ×.
        case factor
        /// Bytes; larger sizes are written in KiB, MiB or GiB.
        case bytes
        /// Processor cores that were busy on average.
        case cores
        /// Things per second.
        case perSecond
        /// Seconds.
        case seconds
    }

    /// The number in the unit's base.
    package var value: Double
    /// The unit.
    package var unit: Unit

    /// A number and its unit.
    package init(_ value: Double, _ unit: Unit) {
        self.value = value
        self.unit = unit
    }

    /// The number with its unit, scaled to be short.
    package var text: String {
        switch self.unit {
        case .count: NumberText.significant(self.value)
        case .milliseconds: Self.time(milliseconds: self.value)
        case .seconds: Self.time(milliseconds: self.value * 1000)
        case .ratio: Self.percent(self.value)
        case .factor: NumberText.fixed(self.value, decimals: abs(self.value) < 100 ? 2 : 0) + "×"
        case .bytes: Self.size(self.value)
        case .cores: NumberText.fixed(self.value, decimals: 2) + " cores"
        case .perSecond: NumberText.significant(self.value) + "/s"
        }
    }

    /// A time below a second in milliseconds, above in seconds, above two minutes in minutes.
    private static func time(milliseconds: Double) -> String {
        switch abs(milliseconds) {
        case ..<1000: NumberText.significant(milliseconds) + " ms"
        case ..<120_000: NumberText.significant(milliseconds / 1000) + " s"
        case ..<7_200_000: NumberText.significant(milliseconds / 60_000) + " min"
        default: NumberText.significant(milliseconds / 3_600_000) + " h"
        }
    }

    /// Per cent that never rounds a loss away: only exactly 1 is written as 100 %.
    private static func percent(_ value: Double) -> String {
        guard value < 1, value >= 0.99 else {
            return NumberText.fixed(value * 100, decimals: value == 1 ? 0 : 1) + " %"
        }
        for decimals in 2...8 {
            let scale = (0..<decimals).reduce(100.0) { size, _ in size * 10 }
            if (value * scale).rounded() < scale { return NumberText.fixed(value * 100, decimals: decimals) + " %" }
        }
        return "just below 100 %"
    }

    /// A size in bytes, KiB, MiB or GiB.
    private static func size(_ bytes: Double) -> String {
        switch abs(bytes) {
        case ..<1024: NumberText.significant(bytes) + " B"
        case ..<1_048_576: NumberText.significant(bytes / 1024) + " KiB"
        case ..<1_073_741_824: NumberText.significant(bytes / 1_048_576) + " MiB"
        default: NumberText.significant(bytes / 1_073_741_824) + " GiB"
        }
    }
}
