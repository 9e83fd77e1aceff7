/// Think and trickle times in nanoseconds: 0 with `pacing: none`, else drawn from the recording.
extension PayloadPool {
    /// From the receipt of a call to the response.
    ///
    /// - Parameters:
    ///   - agent: who responds.
    ///   - peer: who called.
    /// - Returns: nanoseconds.
    package func responseDelay(agent: Int, peer: Int) -> Int64 { self.pacing.response(agent: agent, peer: peer) }

    /// From the receipt of a response to the offer; with `ice: vanilla` the time to gather is part of it.
    ///
    /// - Parameters:
    ///   - agent: who offers.
    ///   - peer: who responded.
    /// - Returns: nanoseconds.
    package func offerDelay(agent: Int, peer: Int) -> Int64 { self.pacing.offer(agent: agent, peer: peer) }

    /// From the receipt of an offer to the answer; with `ice: vanilla` the time to gather is part of it.
    ///
    /// - Parameters:
    ///   - agent: who answers.
    ///   - peer: who offered.
    /// - Returns: nanoseconds.
    package func answerDelay(agent: Int, peer: Int) -> Int64 { self.pacing.answer(agent: agent, peer: peer) }

    /// From sending the own offer or answer to one of its candidates; never falls as `index` rises.
    ///
    /// - Parameters:
    ///   - agent: who trickles.
    ///   - peer: to whom.
    ///   - role: whether an offer or an answer was sent.
    ///   - index: 0 ..< `candidateCount(role)`.
    /// - Returns: nanoseconds.
    package func candidateDelay(agent: Int, peer: Int, role: Role, index: Int) -> Int64 {
        self.pacing.candidate(agent: agent, peer: peer, role: role, index: index)
    }

    /// The smallest size of the `sdp` string that `signaling.payload` may ask for.
    ///
    /// - Parameters:
    ///   - role: offer or answer.
    ///   - signaling: its ICE mode and counts matter: `ice: vanilla` puts the candidates inside.
    /// - Returns: bytes before JSON escaping.
    package static func smallestDescription(_ role: Role, _ signaling: Profile.Signaling) -> Int {
        DescriptionTemplate(role: role, signaling: signaling).smallest
    }

    /// The smallest size of the `candidate` string that `signaling.payload` may ask for.
    package static var smallestCandidate: Int { CandidateShape.smallest }
}
