/// One end of a pair at one moment, as ``NegotiationChecker`` judges it.
package struct PeerFact: Codable, Equatable, Sendable {
    /// The other agent.
    package var peer: Int
    /// A state of RFC 9429 §3.2, `none` or `closed`.
    package var state: String
    /// Identity of the local and remote description, 0 for none.
    package var local: UInt64
    package var remote: UInt64
    /// Identity of the offer and the answer that this end holds, 0 for none.
    package var offer: UInt64
    package var answer: UInt64
    /// Candidates applied for the remote description, and whether the last one was among them.
    package var candidates: Int
    package var hasLast: Bool
    /// Candidates that were dropped for want of a remote description.
    package var lostCandidates: Int

    package init(
        peer: Int, state: String, local: UInt64 = 0, remote: UInt64 = 0, offer: UInt64 = 0, answer: UInt64 = 0,
        candidates: Int = 0, hasLast: Bool = false, lostCandidates: Int = 0
    ) {
        self.peer = peer
        self.state = state
        self.local = local
        self.remote = remote
        self.offer = offer
        self.answer = answer
        self.candidates = candidates
        self.hasLast = hasLast
        self.lostCandidates = lostCandidates
    }
}
