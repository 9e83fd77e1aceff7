/// What became of a command at the sender's own end.
package enum Submission: UInt8, Equatable, Sendable {
    /// Its bytes are in the outbox.
    case written
    /// It waits for the backend (a window, a poll); ``Inbound/sent(_:)`` follows.
    case queued
    /// It will never be sent: not joined, a queue that is full, or something the backend cannot say.
    case refused
}
