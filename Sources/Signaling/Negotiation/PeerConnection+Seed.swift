// The published client of 2014. It asks only whether there is a connection and leaves the rest to the browser, so the
// switches below say what a browser answers in each state.
extension PeerConnection {
    /// A `response` came: the connection is made, or the existing one offers anew, whatever its state.
    mutating func seedResponse() -> ResponseAction {
        switch self.state {
        case .none, .closed:
            self.open()
        case .makingOffer, .haveLocalOffer, .haveRemoteOffer, .stable:
            // createOffer may be called at any time (RFC 9429 §3.2); the state moves when the offer is set.
            break
        }
        return .createOffer
    }

    /// An offer of ours was made and is to be set.
    ///
    /// - Returns: whether it is set and goes out.
    mutating func seedOfferDue(_ id: DescriptionID) -> Bool {
        switch self.state {
        case .makingOffer, .haveLocalOffer, .stable:
            // A second offer in have-local-offer replaces the first (RFC 9429 §3.2). One in stable ends the agreement:
            // the other end has a connection, so it will not answer.
            self.setLocalOffer(id)
            return true
        case .haveRemoteOffer:
            // setLocalDescription of an offer is refused here (RFC 9429 §5.5).
            return false
        case .none, .closed:
            return false
        }
    }

    /// An offer came.
    ///
    /// Only a fresh connection sets it. On an existing one it is dropped, and answering it fails.
    mutating func seedOffer(_ id: DescriptionID) -> OfferAction {
        switch self.state {
        case .none, .closed:
            self.open(withRemoteOffer: id)
            return .createAnswer
        case .makingOffer, .haveLocalOffer:
            // Glare: createAnswer is refused without a remote offer (RFC 9429 §5.3.1), here and at the other end.
            self.noteGlare()
            return .invalidState(self.state)
        case .haveRemoteOffer, .stable:
            return .invalidState(self.state)
        }
    }

    /// A candidate came: a browser takes it once it has any remote description, for whichever it was gathered.
    mutating func seedCandidate(of description: DescriptionID, isLast: Bool) -> CandidateAction {
        switch self.state {
        case .none, .closed:
            self.loseCandidate()
            return .lost
        case .makingOffer, .haveLocalOffer, .haveRemoteOffer, .stable:
            guard self.hasRemote else {
                self.loseCandidate()
                return .lost
            }
            self.apply(candidateOf: description, isLast: isLast)
            return .applied
        }
    }
}
