/// One of several processes that play one plan together: which rooms are its own.
///
/// A room is whole on one shard, so that all its latencies are read from one clock. What a shard does is a slice of the
/// same plan: names of rooms, tags of messages and times are those of the whole.
package struct Shard: Codable, Hashable, Sendable {
    /// From 0.
    package let index: Int
    package let count: Int

    /// The only shard of a run that is not divided.
    package static let whole = Shard(uncheckedIndex: 0, count: 1)

    /// As many as a plan may be divided into.
    package static let mostCount = 10_000

    private init(uncheckedIndex index: Int, count: Int) {
        self.index = index
        self.count = count
    }

    /// A shard; nil when it cannot be.
    package init?(index: Int, count: Int) {
        guard (1...Self.mostCount).contains(count), (0..<count).contains(index) else { return nil }
        self.init(uncheckedIndex: index, count: count)
    }

    /// Reads `0/4`, `1/4`, …; nil for anything else.
    package init?(text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]) else { return nil }
        self.init(index: index, count: count)
    }

    /// `1/4`.
    package var text: String { "\(self.index)/\(self.count)" }

    /// Whether this is a run of its own.
    package var isWhole: Bool { self.count == 1 }

    /// Whether a room is played here.
    ///
    /// - Parameter room: by plan index.
    /// - Returns: true on one shard of all.
    package func holds(room: Int) -> Bool { room % self.count == self.index }

    /// Which event loop of this shard plays one of its rooms.
    ///
    /// - Parameters:
    ///   - room: by plan index.
    ///   - loops: of this shard.
    /// - Returns: its number.
    package func loop(ofRoom room: Int, loops: Int) -> Int { room / self.count % loops }
}

extension Plan {
    /// Rooms that a shard plays.
    package func rooms(of shard: Shard) -> Int { self.rooms.count { shard.holds(room: $0.index) } }

    /// Agents that a shard plays.
    package func agents(of shard: Shard) -> Int { self.agents.count { shard.holds(room: $0.room) } }
}
