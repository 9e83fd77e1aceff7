/// One end of a pair: the browser's `RTCPeerConnection` as far as signaling can see it.
///
/// This file holds what a connection can do, and every field is private to it; when it does so is decided by the
/// strategies, in `PeerConnection+Seed.swift` and `PeerConnection+Perfect.swift`.
package struct PeerConnection: Sendable {
    package private(set) var state = SignalingState.none
    /// Rises when the connection is made, rolled back, replaced or closed; a timer of an earlier one is void.
    package private(set) var generation: UInt32 = 0
    /// The description this end set last.
    package private(set) var local = DescriptionID.none
    /// The other end's description that this end set last.
    package private(set) var remote = DescriptionID.none
    /// The offer that this end holds, its own or the other's.
    package private(set) var offer = DescriptionID.none
    /// The answer to ``offer`` that this end holds.
    package private(set) var answer = DescriptionID.none
    /// Candidates applied that were gathered for ``remote``.
    package private(set) var candidatesApplied = 0
    /// Whether the last candidate gathered for ``remote`` was applied.
    package private(set) var lastCandidateReceived = false
    /// Candidates dropped for want of a remote description, since an earlier connection was closed.
    package private(set) var candidatesLost = 0
    /// Whether the other end's offer met an offer of our own on this connection.
    package private(set) var wasGlared = false
    /// Whether an earlier connection with this peer was given up before its time: timed out, restarted or departed.
    package private(set) var wasReset = false

    /// The offer that this end ignored; its candidates are ignored with it.
    private var ignored = DescriptionID.none
    /// The remote description before ``remote``; candidates for it came too late.
    private var replaced = DescriptionID.none
    private var early = EarlyCandidates()

    /// An absent connection.
    package init() {}

    /// Whether a remote description was ever set, so that a browser takes candidates.
    var hasRemote: Bool { self.remote != .none }

    /// Whether both ends are stable and hold the same offer and the same answer, each from its own side.
    package func isNegotiated(with other: PeerConnection) -> Bool {
        self.state == .stable && other.state == .stable
            && self.offer == other.offer && self.answer == other.answer
            && self.local == other.remote && self.remote == other.local
    }

    // MARK: Transitions

    /// none, closed → makingOffer.
    mutating func open() {
        self.begin(.makingOffer)
    }

    /// none, closed → haveRemoteOffer.
    mutating func open(withRemoteOffer id: DescriptionID) {
        self.begin(.haveRemoteOffer)
        self.setRemote(id)
        self.offer = id
    }

    /// makingOffer, haveLocalOffer, stable → haveLocalOffer: `setLocalDescription` of an offer (RFC 9429 §3.2).
    mutating func setLocalOffer(_ id: DescriptionID) {
        self.state = .haveLocalOffer
        self.local = id
        self.offer = id
        self.answer = .none
    }

    /// haveRemoteOffer → stable: `setLocalDescription` of an answer.
    mutating func setLocalAnswer(_ id: DescriptionID) {
        self.state = .stable
        self.local = id
        self.answer = id
    }

    /// haveLocalOffer → stable: `setRemoteDescription` of an answer.
    mutating func setRemoteAnswer(_ id: DescriptionID) {
        self.state = .stable
        self.setRemote(id)
        self.answer = id
    }

    /// Any open state → haveRemoteOffer: the other end's offer takes the place of what was under way.
    ///
    /// From makingOffer and haveLocalOffer this is the roll back of RFC 9429 §4.1.10.2 with the offer set after it;
    /// from haveRemoteOffer and stable it is a newer offer of the same peer.
    mutating func replace(withRemoteOffer id: DescriptionID) {
        self.generation &+= 1
        self.state = .haveRemoteOffer
        self.local = .none
        self.answer = .none
        self.setRemote(id)
        self.offer = id
    }

    /// Notes that the other end's offer met one of our own.
    mutating func noteGlare() { self.wasGlared = true }

    /// Notes that an offer, and every candidate gathered for it, is to be ignored.
    mutating func ignore(_ id: DescriptionID) {
        self.ignored = id
        self.early.forget(id)
    }

    /// Any open state → closed.
    ///
    /// - Parameter early: whether it was given up before its time, rather than hung up.
    mutating func close(early: Bool) {
        let generation = self.generation &+ 1
        let wasReset = self.wasReset || early
        self = PeerConnection()
        self.state = .closed
        self.generation = generation
        self.wasReset = wasReset
    }

    /// Drops what waits for a description that will not come.
    mutating func forgetEarlyCandidates() { self.early = EarlyCandidates() }

    // MARK: Candidates

    /// Applies a candidate, which counts when it was gathered for the current remote description.
    mutating func apply(candidateOf description: DescriptionID, isLast: Bool) {
        guard description == self.remote else { return }
        self.candidatesApplied += 1
        if isLast { self.lastCandidateReceived = true }
    }

    mutating func loseCandidate() { self.candidatesLost += 1 }

    /// Keeps a candidate for a description that has not come yet.
    mutating func queue(candidateOf description: DescriptionID, isLast: Bool) {
        self.early.add(description, isLast: isLast)
    }

    /// Whether a description was set once and replaced, or ignored, so that candidates for it mean nothing.
    func isPast(_ description: DescriptionID) -> Bool {
        description != .none && (description == self.ignored || description == self.replaced)
    }

    private mutating func begin(_ state: SignalingState) {
        self.generation &+= 1
        self.state = state
        self.local = .none
        self.remote = .none
        self.offer = .none
        self.answer = .none
        self.candidatesApplied = 0
        self.lastCandidateReceived = false
        self.wasGlared = false
        self.ignored = .none
        self.replaced = .none
    }

    private mutating func setRemote(_ id: DescriptionID) {
        if self.remote != .none, self.remote != id { self.replaced = self.remote }
        self.remote = id
        let waiting = self.early.take(id)
        self.candidatesApplied = waiting.count
        self.lastCandidateReceived = waiting.hasLast
    }
}

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
