/// Why a pair that was expected to negotiate did not become connectable (`signaling.md`; classes of `conformance.md`).
package enum FailureReason: String, CaseIterable, Sendable, Codable {
    /// No response was received: silent.
    case noResponse
    /// The called side was at its maximum: refused.
    case refusedMax
    /// Both sides hold their own offer and no answer: deadlocked.
    case glare
    /// An offer was sent and never received: lostOffer.
    case offerTimeout
    /// The offer arrived and no answer was applied: lostAnswer and halfOpen.
    case answerTimeout
    /// Negotiated, but candidates are missing: lostCandidates.
    case candidateLost
    /// Both stable on different descriptions.
    case falseStable
    /// One side's connection was lost, or it never joined.
    case peerGone
    /// The backend answered one side's message with an error, or would not let it in.
    case backendRefused
    /// A description arrived changed.
    case altered
}
