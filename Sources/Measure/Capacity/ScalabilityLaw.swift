import Glibc
import Signaling

/// Gunther's universal scalability law, X(N) = λN / (1 + σ(N − 1) + κN(N − 1)), fitted to measured throughput.
package struct ScalabilityLaw: Codable, Equatable, Sendable {
    /// A measured load and its throughput.
    package struct Point: Codable, Equatable, Sendable {
        package var load: Double
        package var throughput: Double

        package init(load: Double, throughput: Double) {
            self.load = load
            self.throughput = throughput
        }
    }

    /// Throughput of one unit of load by itself.
    package var lambda: Double
    /// Contention, at least 0.
    package var sigma: Double
    /// Coherence, at least 0.
    package var kappa: Double
    /// The load of the greatest throughput; absent when throughput grows for ever, or when it is not identified.
    package var peak: Double?
    /// The interval that holds the peaks of 95 % of refits; absent when any of its ends is beyond all loads.
    package var peakLower: Double?
    package var peakUpper: Double?
    /// The root of the mean squared residual, relative to the measured values.
    package var error: Double
    /// Relative residuals in the order of the points.
    package var residuals: [Double]
    package var points: [Point]
    /// Whether the law describes the points: no residual is beyond a quarter, and their root mean square within a tenth.
    package var fits: Bool
    /// The largest load for which the law is willing to speak: twice the largest that was measured.
    package var reach: Double

    /// Loads that a fit needs at the least.
    package static let leastPoints = 6

    /// Fits the law; nil with fewer than six different loads, or without throughput.
    ///
    /// - Parameters:
    ///   - points: measured with the generator fit; several at one load are weighted alike.
    ///   - seed: what the drawn residuals of the interval come from.
    package init?(_ points: [Point], seed: UInt64 = 1) {
        let points = points.filter { $0.load > 0 && $0.throughput > 0 && ($0.load * $0.throughput).isFinite }
        guard Set(points.map(\.load)).count >= Self.leastPoints, let fit = Fit(points) else { return nil }
        self.lambda = fit.lambda
        self.sigma = fit.sigma
        self.kappa = fit.kappa
        self.points = points
        self.residuals = points.map { fit.throughput(at: $0.load) / $0.throughput - 1 }
        let squares = self.residuals.reduce(0) { $0 + $1 * $1 }
        self.error = (squares / Double(points.count)).squareRoot()
        self.fits = self.error <= 0.1 && self.residuals.allSatisfy { $0.magnitude <= 0.25 }
        self.reach = 2 * (points.map(\.load).max() ?? 0)
        if let peak = fit.peak, peak <= self.reach { self.peak = peak }
        self.setInterval(seed: seed)
    }

    /// The throughput at a load.
    ///
    /// - Parameter load: any load.
    /// - Returns: nil beyond ``reach``, and when the law does not fit.
    package func throughput(at load: Double) -> Double? {
        guard self.fits, load > 0, load <= self.reach else { return nil }
        return Fit(lambda: self.lambda, sigma: self.sigma, kappa: self.kappa).throughput(at: load)
    }

    /// The fitted curve wherever it is drawn, whether it fits or not; predictions come from ``throughput(at:)``.
    ///
    /// - Parameter load: any load.
    /// - Returns: the throughput by the coefficients.
    package func curve(_ load: Double) -> Double {
        Fit(lambda: self.lambda, sigma: self.sigma, kappa: self.kappa).throughput(at: load)
    }

    /// What the law says, in one line.
    package var text: String {
        guard self.fits else {
            return "the scalability law does not fit: its error is \(FixedDecimal.short(self.error * 100)) %"
        }
        let interval = self.peakLower.flatMap { lower in
            self.peakUpper.map { " (95 %: \(FixedDecimal.short(lower)) … \(FixedDecimal.short($0)))" }
        }
        let peak =
            self.peak.map { "the most at \(FixedDecimal.short($0))" + (interval ?? "") }
            ?? "no peak within twice the largest load"
        return "scalability law: λ \(FixedDecimal.short(self.lambda))/s, σ \(Self.digits(self.sigma)), "
            + "κ \(Self.digits(self.kappa)), error \(FixedDecimal.short(self.error * 100)) %, \(peak)"
    }

    private static func digits(_ value: Double) -> String {
        guard value > 0 else { return "0" }
        let exponent = Int(log10(value).rounded(.down))
        return exponent >= -3
            ? FixedDecimal.text(value, decimals: 5)
            : FixedDecimal.text(value / pow(10, Double(exponent)), decimals: 2) + "e\(exponent)"
    }

    /// Draws the residuals anew, with replacement, about the curve at the same loads, and refits.
    ///
    /// Points drawn anew would leave out the largest loads now and then, and with them the peak.
    private mutating func setInterval(seed: UInt64) {
        guard self.peak != nil else { return }
        var random = SplitMix64(seed: seed)
        var peaks: [Double] = []
        let law = Fit(lambda: self.lambda, sigma: self.sigma, kappa: self.kappa)
        // A curve with three coefficients comes closer to its points than the truth does.
        let count = Double(self.points.count)
        let widening = (count / (count - 3)).squareRoot()
        let errors = self.points.map { ($0.throughput / law.throughput(at: $0.load) - 1) * widening }
        for _ in 0..<200 {
            let drawn = self.points.map { point in
                let error = errors[Int(random.next() % UInt64(errors.count))]
                return Point(
                    load: point.load, throughput: law.throughput(at: point.load) * Swift.max(0.01, 1 + error))
            }
            guard let fit = Fit(drawn) else { continue }
            peaks.append(fit.peak ?? .infinity)
        }
        peaks.sort()
        guard peaks.count >= 100 else { return }
        let lower = peaks[peaks.count / 40]
        let upper = peaks[peaks.count - 1 - peaks.count / 40]
        if lower.isFinite, upper.isFinite { (self.peakLower, self.peakUpper) = (lower, upper) }
    }
}

extension ScalabilityLaw {
    /// The three coefficients.
    ///
    /// N ÷ X is a + b(N − 1) + cN(N − 1) with a = 1 ÷ λ, b = σa and c = κa: linear, so that the relative least squares
    /// with b, c ≥ 0 are found exactly, by trying which of the two are held at 0.
    struct Fit {
        var lambda: Double
        var sigma: Double
        var kappa: Double

        init(lambda: Double, sigma: Double, kappa: Double) {
            self.lambda = lambda
            self.sigma = sigma
            self.kappa = kappa
        }

        init?(_ points: [Point]) {
            var best: (error: Double, fit: Fit)?
            for columns in [[0], [0, 1], [0, 2], [0, 1, 2]] {
                guard let solution = Self.solve(points, columns: columns) else { continue }
                guard solution[0] > 0, solution[1] >= 0, solution[2] >= 0 else { continue }
                let fit = Fit(
                    lambda: 1 / solution[0], sigma: solution[1] / solution[0], kappa: solution[2] / solution[0])
                let error = points.reduce(0) { sum, point in
                    let residual = point.throughput / fit.throughput(at: point.load) - 1
                    return sum + residual * residual
                }
                // A coefficient more has to pay.
                if best.map({ error < $0.error * (1 - 1e-9) - 1e-18 }) ?? true { best = (error, fit) }
            }
            guard let best else { return nil }
            self = best.fit
        }

        func throughput(at load: Double) -> Double {
            self.lambda * load / (1 + self.sigma * (load - 1) + self.kappa * load * (load - 1))
        }

        var peak: Double? {
            guard self.kappa > 0 else { return nil }
            guard self.sigma < 1 else { return 1 }
            return ((1 - self.sigma) / self.kappa).squareRoot()
        }

        /// Least squares of (a + b(N − 1) + cN(N − 1)) · X ÷ N against 1, with some coefficients held at 0.
        private static func solve(_ points: [Point], columns: [Int]) -> [Double]? {
            let rows = points.map { point in
                let weight = point.throughput / point.load
                let all = [1, point.load - 1, point.load * (point.load - 1)]
                return columns.map { all[$0] * weight }
            }
            // Columns are scaled, so that the normal equations are well conditioned.
            let scales = columns.indices.map { column in
                max(rows.map { $0[column].magnitude }.max() ?? 1, 1e-300)
            }
            let n = columns.count
            var matrix = [[Double]](repeating: [Double](repeating: 0, count: n + 1), count: n)
            for row in rows {
                for i in 0..<n {
                    for j in 0..<n { matrix[i][j] += row[i] / scales[i] * row[j] / scales[j] }
                    matrix[i][n] += row[i] / scales[i]
                }
            }
            for i in 0..<n {
                let pivot = (i..<n).max { matrix[$0][i].magnitude < matrix[$1][i].magnitude } ?? i
                matrix.swapAt(i, pivot)
                guard matrix[i][i].magnitude > 1e-12 else { return nil }
                for row in 0..<n where row != i {
                    let factor = matrix[row][i] / matrix[i][i]
                    for column in i...n { matrix[row][column] -= factor * matrix[i][column] }
                }
            }
            var solution = [0.0, 0, 0]
            for (index, column) in columns.enumerated() {
                solution[column] = matrix[index][n] / matrix[index][index] / scales[index]
            }
            return solution
        }
    }
}
