extension PayloadPool {
    /// Which side of a pair an agent is on.
    package enum Role: Sendable, CaseIterable {
        /// The one who called, responded to, and now offers.
        case offerer
        case answerer
    }
}
