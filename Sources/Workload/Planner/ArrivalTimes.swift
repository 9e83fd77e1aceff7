import Signaling

/// The first arrivals of all agents.
enum ArrivalTimes {
    /// Draws the arrivals of all agents.
    ///
    /// - Parameters:
    ///   - arrival: pattern and rate.
    ///   - count: how many agents.
    ///   - seed: the run's; only `poisson` draws.
    /// - Returns: nanoseconds after T0 by agent, never falling.
    static func of(_ arrival: Profile.Arrival, count: Int, seed: UInt64) -> [Int64] {
        let rate = arrival.rate.perSecond
        switch arrival.pattern {
        case .burst:
            return [Int64](repeating: 0, count: count)
        case .constant:
            return (0..<count).map { Int64((Double($0) * 1e9 / rate).rounded()) }
        case .ramp:
            // k arrivals have come when k = N (t ÷ T)², T = 2 N ÷ rate. The square root is exact by IEEE 754.
            let whole = 2e9 * Double(count) / rate
            return (1...max(1, count)).prefix(count).map {
                Int64((whole * (Double($0) / Double(count)).squareRoot()).rounded())
            }
        case .poisson:
            var random = SplitMix64(seed: RandomStream.arrival.seed(of: seed))
            var time: Int64 = 0
            return (0..<count).map { _ in
                time += RandomDraw.exponential(random.next(), mean: 1e9 / rate)
                return time
            }
        }
    }
}
