/// The ledger's sums; merging is addition.
package struct LedgerTotals: Sendable, Equatable {
    /// Required deliveries of all messages sent, own echo included where the backend echoes.
    package var expected: UInt64 = 0
    /// First receipts that were allowed but not required.
    package var grey: UInt64 = 0
    /// First receipts older in their stream than one already received there.
    package var reordered: UInt64 = 0
    /// Required deliveries that never came; set when the run ends.
    package var lost: UInt64 = 0

    package init() {}

    package mutating func add(_ other: LedgerTotals) {
        self.expected += other.expected
        self.grey += other.grey
        self.reordered += other.reordered
        self.lost += other.lost
    }
}
