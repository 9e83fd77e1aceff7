/// What the mesh arithmetic says that a plan's signaling costs, chatter excluded, summed over all rooms.
package struct Prediction: Codable, Equatable, Sendable {
    package var messages: Int
    /// Receipts of every class at all agents.
    package var deliveries: Int
    /// Receipts that pass the filter.
    package var useful: Int
    /// Deliveries ÷ useful.
    package var amplification: Double
    /// Whether the plan is clean, so that the measured figures must equal these.
    package var exact: Bool
    /// The closed form's name and, when it is not exact, why.
    package var law: String

    package init(messages: Int, deliveries: Int, useful: Int, amplification: Double, exact: Bool, law: String) {
        self.messages = messages
        self.deliveries = deliveries
        self.useful = useful
        self.amplification = amplification
        self.exact = exact
        self.law = law
    }
}
