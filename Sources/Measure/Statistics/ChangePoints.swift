import Glibc

/// Where a series of measurements changed its level, after Hunter (Fleming et al., arXiv 2301.03034).
///
/// Candidates come from the E-divisive means of Matteson and James (arXiv 1306.4933) in windows that overlap by half, are
/// kept at ten times the level, and then the weakest is taken back as long as Student's test of the stretches beside it does
/// not reach the level itself. It is what Apache Otava does, without its choice by lot.
package enum ChangePoints {
    /// One change of level.
    package struct Point: Equatable, Sendable {
        /// The first value of the new level.
        package var index: Int
        /// Means of the stretches from the change before, and to the next one.
        package var before: Double
        package var after: Double
        /// Of Student's test of the two stretches.
        package var p: Double

        /// By how much it rose, as a share of the level before.
        package var change: Double {
            self.before == 0 ? (self.after == 0 ? 0 : .infinity) : self.after / self.before - 1
        }

        /// The greater of the change as a share of the level before, and of that after.
        fileprivate var magnitude: Double {
            max(self.change.magnitude, self.after == 0 ? .infinity : (self.before / self.after - 1).magnitude)
        }
    }

    /// Finds the changes.
    ///
    /// - Parameters:
    ///   - series: the measurements, oldest first.
    ///   - window: how many are looked at at once.
    ///   - level: the greatest probability of chance that counts as a change.
    ///   - least: the least change that counts, as a share.
    /// - Returns: by place.
    package static func find(
        in series: [Double], window: Int = 50, level: Double = 0.001, least: Double = 0
    ) -> [Point] {
        var indices = Self.split(series, max(2, window), 10 * level)
        while !indices.isEmpty {
            let points = Self.points(series, indices)
            guard let weakest = points.max(by: { $0.p < $1.p }) else { break }
            if weakest.p >= level {
                indices.removeAll { $0 == weakest.index }
            } else if let least = points.filter({ $0.magnitude <= least }).min(by: { $0.magnitude < $1.magnitude }) {
                indices.removeAll { $0 == least.index }
            } else {
                return points
            }
        }
        return []
    }

    private static func points(_ series: [Double], _ indices: [Int]) -> [Point] {
        let ends = [0] + indices + [series.count]
        return indices.indices.map { Self.point(series, ends[$0], ends[$0 + 1], ends[$0 + 2]) }
    }

    private static func point(_ series: [Double], _ start: Int, _ index: Int, _ end: Int) -> Point {
        let (left, right) = (series[start..<index], series[index..<end])
        return Point(
            index: index, before: left.reduce(0, +) / Double(left.count),
            after: right.reduce(0, +) / Double(right.count),
            p: StudentLaw.p(Array(left), Array(right)))
    }

    /// Candidates of every window.
    private static func split(_ series: [Double], _ window: Int, _ level: Double) -> [Int] {
        var found: [Int] = []
        var start = 0
        while start < series.count {
            let end = min(start + window, series.count)
            let inside = Self.divide(Array(series[start..<end]), level).map { $0 + start }
            found += inside
            start = max(inside.last ?? 0, start + max(1, window / 2))
        }
        return Set(found).sorted()
    }

    /// The E-divisive means of one window: the best split of any stretch, as long as it is none of chance.
    private static func divide(_ series: [Double], _ level: Double) -> [Int] {
        let distances = Distances(series)
        var indices: [Int] = []
        while true {
            let ends = [0] + indices + [series.count]
            let best = zip(ends, ends.dropFirst()).compactMap { distances.best($0, $1) }
                .max { $0.quality < $1.quality }
            guard let best else { return indices }
            let start = ends.last { $0 < best.index } ?? 0
            let end = ends.first { $0 > best.index } ?? series.count
            guard Self.point(series, start, best.index, end).p <= level else { return indices }
            indices = (indices + [best.index]).sorted()
        }
    }
}

/// Sums of the distances between all values of any stretch of a window.
private struct Distances {
    private let width: Int
    private let sums: [Double]

    init(_ values: [Double]) {
        let width = values.count + 1
        var sums = [Double](repeating: 0, count: width * width)
        for length in stride(from: 2, through: values.count, by: 1) {
            for start in 0...values.count - length {
                let end = start + length
                sums[start * width + end] =
                    sums[start * width + end - 1] + sums[(start + 1) * width + end]
                    - sums[(start + 1) * width + end - 1] + (values[start] - values[end - 1]).magnitude
            }
        }
        self.width = width
        self.sums = sums
    }

    private func within(_ start: Int, _ end: Int) -> Double { self.sums[start * self.width + end] }

    /// The split of a stretch with the greatest divergence between what is before it and any part of what follows.
    func best(_ start: Int, _ end: Int) -> (index: Int, quality: Double)? {
        var best: (index: Int, quality: Double)?
        for end in stride(from: start + 2, through: end, by: 1) {
            for split in start + 1..<end {
                let (left, right) = (self.within(start, split), self.within(split, end))
                let (m, n) = (Double(split - start), Double(end - split))
                var divergence = 2 * (self.within(start, end) - left - right) / (m * n)
                if m > 1 { divergence -= 2 * left / (m * (m - 1)) }
                if n > 1 { divergence -= 2 * right / (n * (n - 1)) }
                let quality = m * n / (m + n) * divergence
                if quality > best?.quality ?? -.infinity { best = (split, quality) }
            }
        }
        return best
    }
}

/// Student's distribution.
package enum StudentLaw {
    /// The two-sided probability that two groups of equal spread differ so much by chance.
    ///
    /// - Parameters:
    ///   - a: one group; at least one value.
    ///   - b: the other.
    /// - Returns: 0…1; 1 for two values.
    package static func p(_ a: [Double], _ b: [Double]) -> Double {
        let (m, n) = (Double(a.count), Double(b.count))
        guard m + n > 2 else { return 1 }
        let (meanA, meanB) = (a.reduce(0, +) / m, b.reduce(0, +) / n)
        let squares =
            a.reduce(0) { $0 + ($1 - meanA) * ($1 - meanA) } + b.reduce(0) { $0 + ($1 - meanB) * ($1 - meanB) }
        guard meanA != meanB else { return 1 }
        guard squares > 0 else { return 0 }
        let t = (meanA - meanB) / (squares / (m + n - 2) * (1 / m + 1 / n)).squareRoot()
        return Self.p(t: t, freedom: m + n - 2)
    }

    /// P(|T| > |t|).
    package static func p(t: Double, freedom: Double) -> Double {
        Self.beta(freedom / (freedom + t * t), freedom / 2, 0.5)
    }

    /// The regularised incomplete beta function, by its continued fraction (Press et al., Numerical Recipes 6.4).
    private static func beta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
        return x < (a + 1) / (a + b + 2)
            ? front * Self.fraction(x, a, b) / a : 1 - front * Self.fraction(1 - x, b, a) / b
    }

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        func large(_ value: Double) -> Double { value.magnitude < 1e-300 ? 1e-300 : value }
        var c = 1.0
        var d = 1 / large(1 - (a + b) * x / (a + 1))
        var h = d
        for step in 1...500 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / large(1 + even * d)
            c = large(1 + even / c)
            h *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / large(1 + odd * d)
            c = large(1 + odd / c)
            h *= d * c
            if (d * c - 1).magnitude < 1e-15 { break }
        }
        return h
    }
}
