/// What negotiations took: messages, the deliveries made of them and the useful ones among those.
package struct MeshTotals: Equatable, Sendable {
    package var messages: Int
    package var deliveries: Int
    /// Deliveries that pass the receiver's filter.
    package var useful: Int

    package init(messages: Int = 0, deliveries: Int = 0, useful: Int = 0) {
        self.messages = messages
        self.deliveries = deliveries
        self.useful = useful
    }

    /// Deliveries for each useful one; nil when none is useful.
    package var amplification: Double? {
        self.useful > 0 ? Double(self.deliveries) / Double(self.useful) : nil
    }

    package static func += (a: inout MeshTotals, b: MeshTotals) {
        a.messages += b.messages
        a.deliveries += b.deliveries
        a.useful += b.useful
    }
}
