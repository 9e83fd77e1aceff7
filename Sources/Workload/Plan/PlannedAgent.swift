/// One agent: a place in a room, taken in one or more sessions.
package struct PlannedAgent: Equatable, Sendable {
    package let index: Int
    package let room: Int
    /// Its position in the members of its room.
    package let slot: Int
    /// Its sessions, as indices into ``Plan/sessions``.
    package let sessions: Range<Int>
    /// The offset of its probes in their period, nanoseconds in 0 ..< period; 0 without chatter.
    package let chatterPhase: Int64
}
