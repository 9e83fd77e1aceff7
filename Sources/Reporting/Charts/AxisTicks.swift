internal import Foundation

/// One axis of a chart: its range, its scale and its labelled ticks.
package struct AxisTicks: Equatable, Sendable {
    /// How values become positions.
    package enum Scale: String, Sendable {
        /// Equal differences are equally long.
        case linear
        /// Equal factors are equally long; the axis begins above 0.
        case logarithmic
        /// Of a quantile q: −log₁₀(1 − q), so that every further nine is equally long.
        case nines
    }

    /// One labelled line of the axis.
    package struct Tick: Equatable, Sendable {
        /// The value in the unit of the axis.
        package var value: Double
        /// What is printed beside it.
        package var label: String
    }

    /// How values become positions.
    package let scale: Scale
    /// The value at the axis' begin.
    package let lower: Double
    /// The value at the axis' end; always above `lower`.
    package let upper: Double
    /// The ticks, in rising order.
    package let ticks: [Tick]

    /// Where a value lies on the axis.
    ///
    /// - Parameter value: The value in the unit of the axis.
    /// - Returns: 0 at the begin, 1 at the end; values outside are held at the edge.
    package func position(_ value: Double) -> Double {
        let low = self.transform(self.lower)
        let high = self.transform(self.upper)
        return min(1, max(0, (self.transform(value) - low) / (high - low)))
    }

    private func transform(_ value: Double) -> Double {
        switch self.scale {
        case .linear: value
        case .logarithmic: log10(max(value, self.lower))
        case .nines: -log10(max(1 - value, 1e-9))
        }
    }
}

extension AxisTicks {
    /// A linear axis from 0 to a round number at or above the largest value.
    ///
    /// - Parameters:
    ///   - largest: The largest value to be shown; 0 or less gives an axis to 1.
    ///   - count: How many ticks are wanted, roughly.
    /// - Returns: The axis.
    package static func linear(to largest: Double, count: Int = 5) -> AxisTicks {
        let top = largest.isFinite && largest > 0 ? largest : 1
        let step = Self.roundStep(top / Double(max(1, count)))
        let steps = max(1, (top / step - 1e-9).rounded(.up))
        let ticks = (0...Int(steps)).map { index in
            let value = Double(index) * step
            return Tick(value: value, label: NumberText.short(value))
        }
        return AxisTicks(scale: .linear, lower: 0, upper: steps * step, ticks: ticks)
    }

    /// A logarithmic axis over whole decades.
    ///
    /// - Parameters:
    ///   - smallest: The smallest value to be shown; at most six decades are kept below the largest.
    ///   - largest: The largest value to be shown.
    /// - Returns: The axis.
    package static func logarithmic(from smallest: Double, to largest: Double) -> AxisTicks {
        let top = largest.isFinite && largest > 0 ? log10(largest).rounded(.up) : 1
        let low = smallest.isFinite && smallest > 0 ? log10(smallest).rounded(.down) : top - 1
        let bottom = min(max(low, top - 6), top - 1)
        let stride = top - bottom > 4 ? 2 : 1
        let exponents = Swift.stride(from: Int(bottom), through: Int(top), by: stride)
        let ticks = exponents.map { exponent in
            let value = pow(10, Double(exponent))
            return Tick(value: value, label: NumberText.short(value))
        }
        return AxisTicks(scale: .logarithmic, lower: pow(10, bottom), upper: pow(10, top), ticks: ticks)
    }

    /// A time axis from 0 in seconds, labelled in the unit that suits its length.
    ///
    /// - Parameters:
    ///   - end: The last time to be shown, in seconds.
    ///   - count: How many ticks are wanted at most, roughly.
    /// - Returns: The axis; it ends exactly at `end`.
    package static func time(to end: Double, count: Int = 6) -> AxisTicks {
        let end = end.isFinite && end > 0 ? end : 1
        let steps: [Double] = [
            1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400,
        ]
        let wanted = end / Double(max(1, count))
        let step = wanted < 1 ? Self.roundStep(wanted) : steps.first { $0 >= wanted } ?? Self.roundStep(wanted)
        let ticks = (0...Int(end / step + 1e-9)).map { index in
            let value = Double(index) * step
            return Tick(value: value, label: Self.timeLabel(value, step: step))
        }
        return AxisTicks(scale: .linear, lower: 0, upper: end, ticks: ticks)
    }

    /// An axis of quantiles on which every further nine is as long as the one before.
    ///
    /// - Parameter last: The highest quantile to be shown, below 1.
    /// - Returns: The axis from 0 to `last`, at least to 0.99.
    package static func nines(to last: Double) -> AxisTicks {
        let upper = min(max(last, 0.99), 0.9999999)
        let candidates: [(Double, String)] = [
            (0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.999, "99.9 %"), (0.9999, "99.99 %"),
            (0.99999, "99.999 %"), (0.999999, "99.9999 %"),
        ]
        let ticks = candidates.filter { $0.0 <= upper }.map { Tick(value: $0.0, label: $0.1) }
        return AxisTicks(scale: .nines, lower: 0, upper: upper, ticks: ticks)
    }

    /// The smallest of 1, 2, 2.5, 5 times a power of ten that is not below the value.
    private static func roundStep(_ value: Double) -> Double {
        let power = pow(10, log10(value).rounded(.down))
        for factor in [1, 2, 2.5, 5, 10] where factor * power >= value * (1 - 1e-9) { return factor * power }
        return 10 * power
    }

    private static func timeLabel(_ value: Double, step: Double) -> String {
        guard value > 0 else { return "0" }
        if step >= 3600 { return NumberText.short(value / 3600) + " h" }
        if step >= 60 { return NumberText.short(value / 60) + " min" }
        return NumberText.short(value) + " s"
    }
}

/// Makes long series short without losing their peaks.
package enum Downsampler {
    /// Keeps, of every bucket of neighbouring points, the smallest and the largest value, in their order.
    ///
    /// A bucket without any value becomes one missing point, so that gaps stay visible; the first and the last point
    /// are always kept.
    ///
    /// - Parameters:
    ///   - points: The points in rising order of x.
    ///   - limit: The most points to keep, at least 4.
    /// - Returns: At most `limit` points; the input itself when it is short enough.
    package static func minMax(_ points: [ChartPoint], limit: Int) -> [ChartPoint] {
        let limit = max(4, limit)
        guard points.count > limit, let first = points.first, let last = points.last else { return points }
        var kept = [first]
        for bucket in Self.buckets(count: points.count - 2, most: (limit - 2) / 2) {
            let slice = points[(bucket.lowerBound + 1)..<(bucket.upperBound + 1)]
            let measured = slice.indices.filter { points[$0].y?.isFinite == true }
            let low = measured.min { Self.value(points[$0]) < Self.value(points[$1]) }
            let high = measured.max { Self.value(points[$0]) < Self.value(points[$1]) }
            if let low, let high {
                kept.append(points[min(low, high)])
                if low != high { kept.append(points[max(low, high)]) }
            } else if let middle = slice.first {
                kept.append(ChartPoint(x: middle.x, y: nil))
            }
        }
        kept.append(last)
        return kept
    }

    /// Splits a count of rows into at most so many runs of nearly equal length.
    ///
    /// - Parameters:
    ///   - count: How many rows there are.
    ///   - most: The most buckets to make, at least 1.
    /// - Returns: Ranges of row numbers that cover all rows without gaps.
    package static func buckets(count: Int, most: Int) -> [Range<Int>] {
        let buckets = min(count, max(1, most))
        guard buckets > 0 else { return [] }
        return (0..<buckets).map { (count * $0 / buckets)..<(count * ($0 + 1) / buckets) }
    }

    private static func value(_ point: ChartPoint) -> Double {
        point.y ?? .nan
    }
}
