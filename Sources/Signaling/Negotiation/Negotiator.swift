/// The negotiation machine of one agent: what it does at each message and timer, peer by peer.
///
/// A value without clocks, ids or side effects. Peers are small integers that the caller assigns; each event returns
/// what the caller is to do. Things that take time (thinking, making an offer or an answer, gathering, patience) are
/// timers of the caller: it notes the connection's ``PeerConnection/generation`` when it starts one, and the event at
/// its end has no effect if the generation has moved on. Offers and answers are set and sent in one step, as in the
/// published client. Every event that a remote can cause has a transition in every state.
package struct Negotiator: Sendable {
    package let strategy: Strategy
    /// Connections beyond which a `call` is met with silence; calling out is not limited (the original checks nowhere else).
    package let maxConnections: Int
    /// Peers from here on are not of the caller's plan: they take no slot of it, and none is held against them.
    private let ownPeers: Int
    /// Connections with own peers that exist, in whatever state.
    package private(set) var connectionCount = 0
    private var peers: [PeerConnection] = []

    package init(strategy: Strategy, maxConnections: Int, ownPeers: Int = .max) {
        self.strategy = strategy
        self.maxConnections = maxConnections
        self.ownPeers = ownPeers
    }

    /// Makes room for peers `0 ..< peers`, so that no later event allocates.
    package mutating func reserve(peers: Int) {
        guard peers > self.peers.count else { return }
        self.peers.reserveCapacity(peers)
        self.peers.append(contentsOf: repeatElement(PeerConnection(), count: peers - self.peers.count))
    }

    /// The connection with a peer, of state `none` if there never was one.
    package subscript(peer: Int) -> PeerConnection {
        peer < self.peers.count ? self.peers[peer] : PeerConnection()
    }

    // MARK: Messages

    /// A `call` came.
    ///
    /// - Parameters:
    ///   - peer: its sender.
    ///   - restarted: whether the sender is known to have lost what it had with us: its tag shows a new instance, or
    ///     its departure was seen. Only `perfect` cares, and replaces the old connection.
    /// - Returns: whether to respond.
    package mutating func call(from peer: Int, restarted: Bool) -> CallAction {
        switch self.strategy {
        case .seed:
            if self[peer].state.isOpen { return .ignore(.connected) }
            return self.isFull(for: peer) ? .ignore(.full) : .respond
        case .perfect:
            if restarted { self.update(peer) { _ = $0.end(early: true) } }
            return self[peer].state.isOpen ? .ignore(.connected) : .respond
        }
    }

    /// The think time before a `response` is over.
    package mutating func respondDue(to peer: Int) -> RespondAction {
        switch self.strategy {
        case .seed:
            return .send
        case .perfect:
            if self[peer].state.isOpen { return .skip(.connected) }
            return self.isFull(for: peer) ? .skip(.full) : .send
        }
    }

    /// A `response` came.
    package mutating func response(from peer: Int) -> ResponseAction {
        self.update(peer) { [strategy = self.strategy] connection in
            switch strategy {
            case .seed: connection.seedResponse()
            case .perfect: connection.perfectResponse()
            }
        }
    }

    /// An offer was made.
    ///
    /// - Parameters:
    ///   - peer: whom it is for.
    ///   - generation: the connection's when making it began.
    ///   - id: the new offer's identity.
    /// - Returns: whether it is set and is to be sent; otherwise it is void.
    package mutating func offerDue(to peer: Int, generation: UInt32, id: DescriptionID) -> Bool {
        guard self[peer].generation == generation else { return false }
        return self.update(peer) { [strategy = self.strategy] connection in
            switch strategy {
            case .seed: connection.seedOfferDue(id)
            case .perfect: connection.perfectOfferDue(id)
            }
        }
    }

    /// A negotiated connection is to be negotiated anew.
    ///
    /// - Parameters:
    ///   - peer: with whom.
    ///   - id: the new offer's identity.
    /// - Returns: whether the offer is set and is to be sent.
    package mutating func renegotiate(with peer: Int, id: DescriptionID) -> Bool {
        self.update(peer) { $0.renegotiate(id) }
    }

    /// An `offer` came.
    ///
    /// - Parameters:
    ///   - peer: its sender.
    ///   - id: the offer's identity.
    ///   - polite: whether this agent is the polite one of the two, whose id is the smaller.
    ///   - restarted: see ``call(from:restarted:)``.
    /// - Returns: whether to answer, and what becomes of an offer of our own.
    package mutating func offer(from peer: Int, id: DescriptionID, polite: Bool, restarted: Bool) -> OfferAction {
        self.update(peer) { [strategy = self.strategy] connection in
            switch strategy {
            case .seed:
                return connection.seedOffer(id)
            case .perfect:
                if restarted { _ = connection.end(early: true) }
                return connection.perfectOffer(id, polite: polite)
            }
        }
    }

    /// An answer was made.
    ///
    /// - Parameters:
    ///   - peer: whom it is for.
    ///   - generation: the connection's when making it began.
    ///   - id: the new answer's identity.
    /// - Returns: whether it is set and is to be sent; otherwise it is void.
    package mutating func answerDue(to peer: Int, generation: UInt32, id: DescriptionID) -> Bool {
        guard self[peer].generation == generation else { return false }
        return self.update(peer) { $0.answerDue(id) }
    }

    /// An `answer` came.
    package mutating func answer(from peer: Int, id: DescriptionID) -> AnswerAction {
        switch self.strategy {
        case .seed where self.connectionCount == 0: .notStarted
        case .seed, .perfect: self.update(peer) { $0.receiveAnswer(id) }
        }
    }

    /// A `candidate` came.
    ///
    /// - Parameters:
    ///   - peer: its sender.
    ///   - description: the offer or answer that it was gathered for.
    ///   - isLast: whether it is the last one for that description.
    /// - Returns: what became of it.
    package mutating func candidate(
        from peer: Int, of description: DescriptionID, isLast: Bool
    ) -> CandidateAction {
        self.update(peer) { [strategy = self.strategy] connection in
            switch strategy {
            case .seed: connection.seedCandidate(of: description, isLast: isLast)
            case .perfect: connection.perfectCandidate(of: description, isLast: isLast)
            }
        }
    }

    /// A `bye` came.
    ///
    /// - Returns: whether a connection was closed.
    package mutating func bye(from peer: Int) -> Bool {
        self.update(peer) { $0.end(early: false) }
    }

    // MARK: Patience and presence

    /// An attempt has had its time.
    ///
    /// - Parameters:
    ///   - peer: with whom.
    ///   - generation: the connection's when its time began; each new generation has a time of its own.
    /// - Returns: whether it was not negotiated and is dropped. The published client waits for ever.
    package mutating func timedOut(_ peer: Int, generation: UInt32) -> Bool {
        switch self.strategy {
        case .seed:
            return false
        case .perfect:
            guard self[peer].generation == generation else { return false }
            return self.update(peer) { $0.perfectTimedOut() }
        }
    }

    /// The backend's presence, or a long silence, says that a peer is gone.
    ///
    /// - Returns: whether a connection was closed. The published client knows no presence and keeps the ghost.
    package mutating func departed(_ peer: Int) -> Bool {
        switch self.strategy {
        case .seed: false
        case .perfect: self.update(peer) { $0.end(early: true) }
        }
    }

    /// The agent itself hung up, or lost its own connection to the backend.
    package mutating func closeAll() {
        for peer in self.peers.indices { self.update(peer) { _ = $0.end(early: false) } }
    }

    // MARK: The table

    private func isFull(for peer: Int) -> Bool {
        peer < self.ownPeers && self.connectionCount >= self.maxConnections
    }

    /// Changes one connection and keeps the count of them.
    @inline(__always)
    private mutating func update<R>(_ peer: Int, _ change: (inout PeerConnection) -> R) -> R {
        self.reserve(peers: peer + 1)
        let wasOpen = self.peers[peer].state.isOpen
        defer {
            let isOpen = self.peers[peer].state.isOpen
            if isOpen != wasOpen, peer < self.ownPeers { self.connectionCount += isOpen ? 1 : -1 }
        }
        return change(&self.peers[peer])
    }
}

/// The candidates that overtook the description they were gathered for.
///
/// Signaling needs no more of them than their number. They wait for one description at a time: those for another one
/// displace them, so that a peer that sends candidates without end makes nothing grow.
struct EarlyCandidates: Sendable {
    private var description = DescriptionID.none
    private var count = 0
    private var hasLast = false

    mutating func add(_ description: DescriptionID, isLast: Bool) {
        if description != self.description {
            self = EarlyCandidates()
            self.description = description
        }
        self.count += 1
        if isLast { self.hasLast = true }
    }

    /// Hands over what waits for a description that is now set.
    mutating func take(_ description: DescriptionID) -> (count: Int, hasLast: Bool) {
        guard description == self.description else { return (0, false) }
        defer { self = EarlyCandidates() }
        return (self.count, self.hasLast)
    }

    /// Drops what waits for a description that will never be set.
    mutating func forget(_ description: DescriptionID) { _ = self.take(description) }
}
