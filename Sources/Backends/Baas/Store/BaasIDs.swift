/// Mints ids that sort by the server's time: eight base-36 digits of milliseconds, four of a counter, three at random.
struct BaasIDs {
    private var counter: UInt64 = 0
    private var random: ServerRandom
    /// The latest time that stands in an id: a clock that goes back does not make ids that sort before earlier ones.
    private var latest: Int64 = 0
    private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
    /// Length of an id.
    static let length = 15

    /// - Parameter seed: makes the random digits the same in every run.
    init(seed: UInt64? = nil) { self.random = ServerRandom(seed: seed) }

    /// The next id.
    ///
    /// - Parameter milliseconds: since 1970.
    /// - Returns: ``length`` bytes.
    mutating func next(milliseconds: Int64) -> [UInt8] {
        // The counter wraps within its digits; where it does, the time moves on instead.
        self.counter = (self.counter + 1) % 1_679_616
        self.latest = max(self.latest + (self.counter == 0 ? 1 : 0), milliseconds)
        return Self.text(UInt64(self.latest), 8) + Self.text(self.counter, 4)
            + Self.text(.random(in: 0..<46_656, using: &self.random), 3)
    }

    private static func text(_ value: UInt64, _ count: Int) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: count)
        var rest = value
        for place in out.indices.reversed() {
            out[place] = self.digits[Int(rest % 36)]
            rest /= 36
        }
        return out
    }
}
