/// Names a message of a history: its sender and its number among that sender's.
package struct MessageKey: Hashable, Comparable, Codable, Sendable {
    package var from: Int
    package var n: Int

    package init(from: Int, n: Int) {
        self.from = from
        self.n = n
    }

    package static func < (a: MessageKey, b: MessageKey) -> Bool { (a.from, a.n) < (b.from, b.n) }
}
