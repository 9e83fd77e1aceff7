import Signaling

/// How far one planned session of an agent has come, for the account of sessions.
struct SessionRecord {
    /// When the plan wanted it to arrive: what its times count from.
    let plannedAt: Instant
    var isLoggedIn = false
    var isWelcomed = false
    /// Whether it was a member, if only because its join grace was over.
    var isJoined = false
    /// Whether the backend said that it is a member, or showed it by a delivery.
    var isConfirmed = false

    init(plannedAt: Instant) { self.plannedAt = plannedAt }
}
