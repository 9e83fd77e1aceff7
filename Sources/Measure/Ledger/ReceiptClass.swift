/// What one receipt at one agent was; a receipt gets one class, the first that fits, in the order of the cases.
///
/// ``foreign`` is in no total. The others satisfy, in every run and exactly,
/// `total = useful + overheard + echo + duplicate + stray = expected − lost + grey + duplicate + stray`.
package enum ReceiptClass: UInt8, CaseIterable, Sendable, Codable {
    /// No tag of ours, or another run's.
    case foreign
    /// At an agent that could not have been a member, of another room, or a message never sent.
    case stray
    /// Not the first receipt of this message at this agent.
    case duplicate
    /// The agent's own message.
    case echo
    /// Addressed to another member: delivered, paid for and dropped by the filter.
    case overheard
    /// Passed the filter.
    case useful
}
