/// Events that came and that no setting names, counted by name.
package struct UnknownEvents: Equatable, Sendable {
    package private(set) var counts: [String: UInt64] = [:]

    /// Names that are told apart, and the characters of each that are kept.
    private static let maxNames = 64
    private static let maxNameLength = 64

    package init() {}

    package var isEmpty: Bool { self.counts.isEmpty }

    /// Counts an event, unless too many names are there already.
    package mutating func add(_ name: String, _ count: UInt64 = 1) {
        let name = String(name.prefix(Self.maxNameLength))
        guard self.counts[name] != nil || self.counts.count < Self.maxNames else { return }
        self.counts[name, default: 0] += count
    }

    /// Adds what another connection or loop saw, the commonest names first, so that those are kept.
    package mutating func add(_ other: UnknownEvents) {
        for (name, count) in other.sorted { self.add(name, count) }
    }

    private var sorted: [(key: String, value: UInt64)] {
        self.counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    }

    /// The commonest with their counts, for people; empty when there are none.
    package var line: String {
        let more = self.counts.count - 3
        return self.sorted.prefix(3).map { "'\($0.key)' (\($0.value))" }.joined(separator: ", ")
            + (more > 0 ? " and \(more) more" : "")
    }
}
