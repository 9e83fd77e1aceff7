/// What can be wrong with deliveries; the one vocabulary of conformance cases and load runs.
package enum Anomaly: String, CaseIterable, Codable, Sendable {
    /// Owed and never came.
    case lost
    /// Came more than once to one agent.
    case duplicated
    /// Came to an agent that could not have been a member, or was never sent.
    case unexpected
    /// Came although its sender was never told that it had been taken.
    case recovered
    /// Came to an agent that joined after it had been sent.
    case stale
    /// Came after a later message of the same sender.
    case reordered
    /// Came with another content than it was sent with.
    case altered

    /// The case of the catalogue that a load run violates by it; nil where it breaks no requirement.
    ///
    /// A load run's `RoomLedger` is the streaming form of ``DeliveryChecker`` and ``OrderChecker``.
    package var caseID: String? {
        switch self {
        case .lost: "DLV-01"
        case .duplicated: "DLV-03"
        case .unexpected: "DLV-04"
        case .recovered: nil
        case .stale: "DLV-05"
        case .reordered: "ORD-01"
        case .altered: "PAY-01"
        }
    }
}
