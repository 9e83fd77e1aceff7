/// What a new connection after a lost one means.
package enum Resumption: UInt8, Equatable, Sendable {
    /// A new session: new identity, join again.
    case fresh
    /// The old session goes on.
    case resume
}
