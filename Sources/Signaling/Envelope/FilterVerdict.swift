/// What the receiver's filter makes of a signal.
package enum FilterVerdict: UInt8, Sendable {
    /// Addressed to this member, or to everyone.
    case mine
    /// This member's own message come back.
    case echo
    /// Addressed to somebody else; delivered, paid for and dropped.
    case overheard
}
