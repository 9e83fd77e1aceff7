import Signaling

/// What a publish costs a backend by the size of its room: a + b·N microseconds of CPU.
package struct PublishCost: Codable, Equatable, Sendable {
    /// A room size, and the CPU that one publish took there.
    package struct Point: Codable, Equatable, Sendable {
        package var members: Double
        package var microseconds: Double

        package init(members: Double, microseconds: Double) {
            self.members = members
            self.microseconds = microseconds
        }
    }

    /// a: of the publish itself, in microseconds; at least 0.
    package var base: Double
    /// b: of each member, in microseconds; at least 0.
    package var perMember: Double
    /// The interval of b that holds 95 % of refits; absent with fewer than four points.
    package private(set) var perMemberLower: Double?
    package private(set) var perMemberUpper: Double?
    /// The root of the mean squared residual, relative to the measured values.
    package var error: Double
    /// Relative residuals in the order of the points.
    package var residuals: [Double]
    package var points: [Point]
    /// Whether the line describes the points: no residual is beyond a quarter.
    package var fits: Bool

    /// Fits the line by relative least squares; nil with fewer than three different sizes.
    ///
    /// - Parameters:
    ///   - points: measured with the generator fit.
    ///   - seed: what the drawn residuals of the interval come from.
    package init?(_ points: [Point], seed: UInt64 = 1) {
        let points = points.filter { $0.members > 0 && $0.microseconds > 0 && $0.microseconds.isFinite }
        guard Set(points.map(\.members)).count >= 3 else { return nil }
        guard let (a, b) = Self.fit(points) else { return nil }
        self.base = a
        self.perMember = b
        self.points = points
        self.residuals = points.map { (a + b * $0.members) / $0.microseconds - 1 }
        let squares = self.residuals.reduce(0) { $0 + $1 * $1 }
        self.error = (squares / Double(points.count)).squareRoot()
        self.fits = self.residuals.allSatisfy { $0.magnitude <= 0.25 }
        self.setInterval(seed: seed)
    }

    /// Draws the residuals anew about the line, with replacement, and refits.
    private mutating func setInterval(seed: UInt64) {
        let count = Double(self.points.count)
        guard count > 3 else { return }
        var random = SplitMix64(seed: seed)
        let line = { [base, perMember] in base + perMember * $0 }
        // A line comes closer to its points than the truth does.
        let widening = (count / (count - 2)).squareRoot()
        let errors = self.points.map { ($0.microseconds / line($0.members) - 1) * widening }
        var slopes: [Double] = []
        for _ in 0..<200 {
            let drawn = self.points.map { point in
                let error = errors[Int(random.next() % UInt64(errors.count))]
                return Point(members: point.members, microseconds: line(point.members) * max(0.01, 1 + error))
            }
            if let fit = Self.fit(drawn) { slopes.append(fit.b) }
        }
        slopes.sort()
        guard slopes.count >= 100 else { return }
        self.perMemberLower = slopes[slopes.count / 40]
        self.perMemberUpper = slopes[slopes.count - 1 - slopes.count / 40]
    }

    /// The line with a, b ≥ 0; nil when the points lie over one size.
    private static func fit(_ points: [Point]) -> (a: Double, b: Double)? {
        // (a + b N) ÷ y against 1: sums of u = 1 ÷ y and v = N ÷ y.
        var (u, v, uu, uv, vv) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for point in points {
            let (x, y) = (1 / point.microseconds, point.members / point.microseconds)
            u += x
            v += y
            uu += x * x
            uv += x * y
            vv += y * y
        }
        let determinant = uu * vv - uv * uv
        guard determinant > 0 else { return nil }
        var (a, b) = ((u * vv - v * uv) / determinant, (v * uu - u * uv) / determinant)
        if a < 0 { (a, b) = (0, v / vv) }
        if b < 0 { (a, b) = (u / uu, 0) }
        return (a, b)
    }

    /// What the line says, in one line.
    package var text: String {
        let error = FixedDecimal.short(self.error * 100)
        guard self.fits else { return "the cost of a publish is no line over the room size: its error is \(error) %" }
        let interval = self.perMemberLower.flatMap { lower in
            self.perMemberUpper.map { " (95 %: \(FixedDecimal.short(lower)) … \(FixedDecimal.short($0)))" }
        }
        return
            "a publish costs \(FixedDecimal.short(self.base)) µs and \(FixedDecimal.short(self.perMember)) µs a member"
            + "\(interval ?? ""), error \(error) %"
    }
}
