/// A fault put between the wire and a case's agents, to see that a case notices it.
///
/// Each strikes at the k-th message that it can be applied to, never at random, so that the same case fails each time.
package enum Mutant: String, CaseIterable, Sendable {
    /// The k-th message never arrives anywhere.
    case drop
    /// The k-th message arrives twice everywhere.
    case duplicate
    /// The k-th and the next message of one sender change places at one receiver.
    case swap
    /// One receiver gets what the first sender says late.
    case delayOneReceiver
    /// The k-th message also arrives in another room.
    case leak
    /// A sender gets its own room-wide messages where it should not, and does not where it should.
    case echoFlip
    /// The last line end of an SDP is missing.
    case stripFinalCRLF
    /// Integers beyond 2⁵³ are rounded.
    case roundLargeInteger
    /// What is beyond 64 KiB of a text is missing.
    case truncate
    /// From the k-th message on, `from` is another id.
    case restampFrom
    /// Who left a room gets one more message of it.
    case deliverAfterLeave
    /// Who joins gets the room's earlier messages, twice.
    case historyTwice
    /// The last message of a sender never arrives.
    case loseTail
    /// The k-th message is acknowledged and never arrives.
    case acknowledgeThenDrop
    /// A busy room holds up all others.
    case headOfLineStall
    /// A member that left still answers.
    case ghostMember
    /// A `bye` arrives twice.
    case byeTwice
    /// A `bye` never arrives.
    case noBye
}
