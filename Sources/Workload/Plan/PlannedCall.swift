/// One press of the call button.
package struct PlannedCall: Equatable, Sendable {
    package let agent: Int
    /// Index into ``Plan/sessions``.
    package let session: Int
    /// Intended time.
    package let at: Int64
    /// Its rank among the calls of its room, from 0.
    package let order: Int
}
