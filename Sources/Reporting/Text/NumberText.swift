internal import Foundation
internal import Mustache

/// Numbers as people read them: grouped thousands, three significant digits, never more than was measured.
package enum NumberText {
    /// A number with a fixed count of decimals and grouped thousands.
    ///
    /// - Parameters:
    ///   - value: The number.
    ///   - decimals: Digits after the point.
    /// - Returns: For example `1,234.50`.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "not a number" : (value < 0 ? "−∞" : "∞") }
        let plain = String(format: "%.\(decimals)f", abs(value))
        let parts = plain.split(separator: ".")
        var grouped = ""
        let whole = parts.first.map(String.init) ?? "0"
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        let isZero = !plain.contains { $0 != "0" && $0 != "." }
        let fraction = parts.count > 1 ? "." + parts[1] : ""
        return (value < 0 && !isZero ? "−" : "") + grouped + fraction
    }

    /// A number with three significant digits, or all digits when it is a whole number.
    ///
    /// - Parameter value: The number.
    /// - Returns: For example `0.0123`, `1.23`, `123` or `1,234,567`.
    package static func significant(_ value: Double) -> String {
        let size = abs(value)
        guard value.isFinite else { return self.fixed(value, decimals: 0) }
        if size < 1e15, value == value.rounded() { return self.fixed(value, decimals: 0) }
        switch size {
        case 100...: return self.fixed(value, decimals: 0)
        case 10..<100: return self.fixed(value, decimals: 1)
        case 1..<10: return self.fixed(value, decimals: 2)
        case 0.1..<1: return self.fixed(value, decimals: 3)
        case 0.01..<0.1: return self.fixed(value, decimals: 4)
        default: return String(format: "%.2e", value)
        }
    }

    /// A probability of chance, to three decimals.
    ///
    /// - Parameter value: 0…1.
    /// - Returns: For example `0.031` or `< 0.001`.
    package static func probability(_ value: Double) -> String {
        value < 0.001 ? "< 0.001" : self.fixed(value, decimals: 3)
    }

    /// A count with its noun.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - noun: One of them.
    /// - Returns: For example `no change`, `1 change` or `3 changes`.
    package static func counted(_ count: Int, _ noun: String) -> String {
        count == 0 ? "no \(noun)" : "\(self.fixed(Double(count), decimals: 0)) \(noun)\(count == 1 ? "" : "s")"
    }

    /// A short form for axis labels, such as `1.5k` or `20M`.
    ///
    /// - Parameter value: The number.
    /// - Returns: At most five or six characters.
    package static func short(_ value: Double) -> String {
        let steps: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        for (size, letter) in steps where abs(value) >= size * 0.9995 {
            return self.trimmed(value / size) + letter
        }
        return self.trimmed(value)
    }

    /// A number with up to three significant digits and no zeros after them.
    private static func trimmed(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        let digits = max(0, 2 - Int(log10(abs(value)).rounded(.down)))
        var text = self.fixed(value, decimals: min(digits, 6))
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}

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

/// Escaping of text for HTML and XML, attribute values included.
///
/// It works on Unicode scalars, not on characters: a quote followed by a combining mark is one character to Swift, but
/// still a quote to a browser.
package struct MarkupText: Sendable {
    /// The name under which templates ask for this escaping, in `{{% CONTENT_TYPE: MARKUP}}`.
    static let contentType = "MARKUP"

    /// Escapes a text so that it is only ever text, between tags and inside quoted attributes.
    ///
    /// Control characters that XML 1.0 does not allow become U+FFFD.
    ///
    /// - Parameter text: Any string, also a hostile one.
    /// - Returns: The escaped text.
    package static func escape(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x26: out.append(contentsOf: "&amp;".unicodeScalars)
            case 0x3C: out.append(contentsOf: "&lt;".unicodeScalars)
            case 0x3E: out.append(contentsOf: "&gt;".unicodeScalars)
            case 0x22: out.append(contentsOf: "&quot;".unicodeScalars)
            case 0x27: out.append(contentsOf: "&#39;".unicodeScalars)
            case 0x09, 0x0A, 0x0D: out.append(scalar)
            case 0x00..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: out.append("\u{FFFD}")
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}

extension MarkupText: MustacheContentType {
    package func escapeText(_ text: String) -> String {
        Self.escape(text)
    }
}
