import NIOCore

/// The published limits of the free plan, counted per connection and minute.
///
/// 240 sends, 30 removes, 20,000 data read, and 120 of everything else (Milkcocoa's documentation of 2015).
struct BaasRate {
    enum Kind: Int, CaseIterable {
        case send
        case remove
        case read
        case other

        var perMinute: Int {
            switch self {
            case .send: 240
            case .remove: 30
            case .read: 20_000
            case .other: 120
            }
        }
    }

    /// Stored data that the free plan has.
    static let storedData = 100_000

    private var began = NIODeadline.uptimeNanoseconds(0)
    private var counts = [Int](repeating: 0, count: Kind.allCases.count)

    /// Counts one operation.
    ///
    /// - Returns: whether it is within the limit.
    mutating func allows(_ kind: Kind, at now: NIODeadline) -> Bool {
        if now - self.began >= .minutes(1) {
            self.began = now
            self.counts = [Int](repeating: 0, count: Kind.allCases.count)
        }
        self.counts[kind.rawValue] += 1
        return self.counts[kind.rawValue] <= kind.perMinute
    }
}
