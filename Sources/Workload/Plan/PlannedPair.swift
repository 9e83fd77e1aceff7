/// Two sessions of one room of which at least one is planned to call while both are present.
package struct PlannedPair: Equatable, Sendable {
    // A room of thousands has millions of pairs: 32 bits are enough for indices.
    private let roomIndex: Int32
    private let firstSession: Int32
    private let secondSession: Int32
    /// Whether the pair has less than the timeout, from ``start`` to the first planned leave or the end of steady.
    ///
    /// A censored pair is left out of `negotiation.expected` and of every ratio.
    package let censored: Bool
    /// The first planned call by either at which both are planned to be joined.
    package let start: Int64

    init(room: Int, sessionA: Int, sessionB: Int, start: Int64, censored: Bool) {
        self.roomIndex = Int32(room)
        self.firstSession = Int32(sessionA)
        self.secondSession = Int32(sessionB)
        self.start = start
        self.censored = censored
    }

    package var room: Int { Int(self.roomIndex) }

    /// The smaller index into ``Plan/sessions``.
    package var sessionA: Int { Int(self.firstSession) }

    /// The greater index into ``Plan/sessions``.
    package var sessionB: Int { Int(self.secondSession) }
}
