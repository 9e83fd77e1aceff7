/// Judges pairs by what both ends say of themselves.
package enum NegotiationChecker {
    /// What became of a pair.
    package enum Class: String, Codable, Sendable {
        /// Both ends are stable, hold the same offer and answer, and each applied every candidate of the other.
        case complete
        /// Negotiated, but candidates of one end did not all arrive.
        case lostCandidates
        /// Both ends wait for an answer to their own offer.
        case deadlocked
        /// Both ends are stable, and hold different descriptions.
        case falseStable
        /// One end is stable, the other is not.
        case halfOpen
        /// Nothing was ever set at either end.
        case silent
        /// An end that was connected hung up or was dropped.
        case closed
    }

    /// The last that each end of a pair said.
    ///
    /// - Parameters:
    ///   - a: one agent.
    ///   - b: the other.
    ///   - history: what happened.
    ///   - candidates: how many candidates each description has.
    /// - Returns: the class of the pair.
    package static func classify(
        _ a: Int, _ b: Int, in history: History, candidates: (offerer: Int, answerer: Int)
    ) -> Class {
        let x = self.last(a, with: b, in: history)
        let y = self.last(b, with: a, in: history)
        guard let x, let y else { return x == nil && y == nil ? .silent : .halfOpen }
        if x.state == "closed" || y.state == "closed" { return .closed }
        if x.state == "haveLocalOffer", y.state == "haveLocalOffer" { return .deadlocked }
        guard x.state == "stable", y.state == "stable" else { return .halfOpen }
        let agrees = x.offer == y.offer && x.answer == y.answer && x.local == y.remote && x.remote == y.local
        guard agrees, x.offer != 0, x.answer != 0 else { return .falseStable }
        // The end whose local description is the offer gets the answerer's candidates.
        let (offerer, answerer) = x.local == x.offer ? (x, y) : (y, x)
        let all =
            offerer.candidates == candidates.answerer && answerer.candidates == candidates.offerer
            && (candidates.answerer == 0 || offerer.hasLast) && (candidates.offerer == 0 || answerer.hasLast)
        return all ? .complete : .lostCandidates
    }

    /// Every pair of agents.
    package static func classes(
        of agents: Range<Int>, in history: History, candidates: (offerer: Int, answerer: Int)
    ) -> [(a: Int, b: Int, class: Class)] {
        agents.flatMap { a in
            agents.filter { $0 > a }.map { b in (a, b, self.classify(a, b, in: history, candidates: candidates)) }
        }
    }

    /// How many live connections one agent has at the end.
    package static func degree(of agent: Int, in history: History) -> Int {
        var open: [Int: Bool] = [:]
        for event in history.events where event.agent == agent {
            guard let fact = event.peer else { continue }
            open[fact.peer] = fact.state != "closed" && fact.state != "none"
        }
        return open.values.count { $0 }
    }

    private static func last(_ agent: Int, with peer: Int, in history: History) -> PeerFact? {
        history.events.last { $0.agent == agent && $0.peer?.peer == peer }?.peer
    }
}
