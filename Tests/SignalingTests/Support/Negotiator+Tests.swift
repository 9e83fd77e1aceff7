import Signaling

// Shorter spellings, so that a test reads as a list of events and what follows from them.
extension Negotiator {
    static func seed(maxConnections: Int = 3) -> Negotiator {
        Negotiator(strategy: .seed, maxConnections: maxConnections)
    }

    static func perfect(maxConnections: Int = 3) -> Negotiator {
        Negotiator(strategy: .perfect, maxConnections: maxConnections)
    }

    mutating func call(from peer: Int) -> CallAction { self.call(from: peer, restarted: false) }

    mutating func offer(from peer: Int, _ id: DescriptionID, polite: Bool = false) -> OfferAction {
        self.offer(from: peer, id: id, polite: polite, restarted: false)
    }

    mutating func offerDue(to peer: Int, _ id: DescriptionID) -> Bool {
        self.offerDue(to: peer, generation: self[peer].generation, id: id)
    }

    mutating func answerDue(to peer: Int, _ id: DescriptionID) -> Bool {
        self.answerDue(to: peer, generation: self[peer].generation, id: id)
    }

    mutating func answer(from peer: Int, _ id: DescriptionID) -> AnswerAction { self.answer(from: peer, id: id) }

    mutating func candidate(from peer: Int, of id: DescriptionID, last: Bool = false) -> CandidateAction {
        self.candidate(from: peer, of: id, isLast: last)
    }

    mutating func timedOut(_ peer: Int) -> Bool { self.timedOut(peer, generation: self[peer].generation) }
}

extension DescriptionID {
    static let offer1 = DescriptionID(raw: 11)
    static let offer2 = DescriptionID(raw: 12)
    static let offer3 = DescriptionID(raw: 13)
    static let answer1 = DescriptionID(raw: 21)
    static let answer2 = DescriptionID(raw: 22)
}
