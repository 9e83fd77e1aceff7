// What both strategies do alike, because the browser does it.
extension PeerConnection {
    /// An answer of ours was made and is to be set.
    ///
    /// - Returns: whether it is set and goes out.
    mutating func answerDue(_ id: DescriptionID) -> Bool {
        switch self.state {
        case .haveRemoteOffer:
            self.setLocalAnswer(id)
            return true
        case .none, .makingOffer, .haveLocalOffer, .stable, .closed:
            return false
        }
    }

    /// An answer came; only have-local-offer takes one (RFC 9429 §3.2).
    mutating func receiveAnswer(_ id: DescriptionID) -> AnswerAction {
        switch self.state {
        case .none, .closed:
            return .noConnection
        case .haveLocalOffer:
            self.setRemoteAnswer(id)
            return .applied
        case .makingOffer, .haveRemoteOffer, .stable:
            return .invalidState(self.state)
        }
    }

    /// The peer hung up, departed or restarted.
    ///
    /// - Parameter early: whether the connection is given up before its time, rather than hung up.
    /// - Returns: whether there was a connection to close.
    mutating func end(early: Bool) -> Bool {
        switch self.state {
        case .none, .closed:
            self.forgetEarlyCandidates()
            return false
        case .makingOffer, .haveLocalOffer, .haveRemoteOffer, .stable:
            self.close(early: early)
            return true
        }
    }
}
