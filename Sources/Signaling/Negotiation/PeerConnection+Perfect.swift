// W3C perfect negotiation (webrtc-pc §10.7) over the published client's messages.
extension PeerConnection {
    /// A `response` came: it starts a connection, and says nothing new to one that exists.
    mutating func perfectResponse() -> ResponseAction {
        switch self.state {
        case .none, .closed:
            self.open()
            return .createOffer
        case .makingOffer, .haveLocalOffer, .haveRemoteOffer, .stable:
            return .ignore(.connected)
        }
    }

    /// An offer of ours was made and is to be set.
    ///
    /// - Returns: whether it is set and goes out.
    mutating func perfectOfferDue(_ id: DescriptionID) -> Bool {
        switch self.state {
        case .makingOffer:
            self.setLocalOffer(id)
            return true
        case .none, .haveLocalOffer, .haveRemoteOffer, .stable, .closed:
            return false
        }
    }

    /// A further offer of ours on a connection that is negotiated (RFC 3264 §8).
    ///
    /// - Returns: whether it is set and goes out; only in stable, so that it never meets itself.
    mutating func renegotiate(_ id: DescriptionID) -> Bool {
        guard self.state == .stable else { return false }
        self.setLocalOffer(id)
        return true
    }

    /// An offer came.
    mutating func perfectOffer(_ id: DescriptionID, polite: Bool) -> OfferAction {
        switch self.state {
        case .none, .closed:
            self.open(withRemoteOffer: id)
            return .createAnswer
        case .makingOffer, .haveLocalOffer:
            self.noteGlare()
            guard polite else {
                self.ignore(id)
                return .ignoreGlare
            }
            self.replace(withRemoteOffer: id)
            return .rollbackAndAnswer
        case .haveRemoteOffer, .stable:
            // The very offer that is set already has its answer; a newer one means that the peer began again.
            guard id != self.offer else { return .invalidState(self.state) }
            self.replace(withRemoteOffer: id)
            return .createAnswer
        }
    }

    /// A candidate came.
    mutating func perfectCandidate(of description: DescriptionID, isLast: Bool) -> CandidateAction {
        if self.isPast(description) { return .stale }
        switch self.state {
        case .none, .closed:
            self.queue(candidateOf: description, isLast: isLast)
            return .queued
        case .makingOffer, .haveLocalOffer, .haveRemoteOffer, .stable:
            guard description == self.remote else {
                self.queue(candidateOf: description, isLast: isLast)
                return .queued
            }
            self.apply(candidateOf: description, isLast: isLast)
            return .applied
        }
    }

    /// The attempt has had its time.
    ///
    /// - Returns: whether it was under way and is now dropped.
    mutating func perfectTimedOut() -> Bool {
        switch self.state {
        case .makingOffer, .haveLocalOffer, .haveRemoteOffer:
            self.close(early: true)
            return true
        case .none, .stable, .closed:
            return false
        }
    }
}
