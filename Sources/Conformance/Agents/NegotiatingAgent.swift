import Measure
import Signaling

/// A scripted agent that negotiates by the machine of a load run, and can be told to do it wrongly.
///
/// Descriptions and candidates are small objects in `content`: `{"desc":…,"re":…}` and `{"of":…,"last":…}`. Peers are the
/// numbers of their agents. Confined to the case's event loop.
final class NegotiatingAgent {
    let agent: ScriptedAgent
    private(set) var negotiator: Negotiator
    /// Candidates for each description of an offerer and of an answerer.
    let candidates: (offerer: Int, answerer: Int)
    /// Nanoseconds between a message and the answer to it.
    var think: Int64 = 0
    /// Nanoseconds until an attempt is given up; nil for never.
    var patience: Int64?
    /// Whether candidates go out before the description that they belong to.
    var sendsCandidatesFirst = false
    /// Whether the agent answers nothing; for a peer that is there and silent.
    var isMute = false
    /// What this agent sent, by kind.
    private(set) var sent: [SignalKind: Int] = [:]
    private(set) var ignoredGlares = 0
    private(set) var rollbacks = 0
    private(set) var staleCandidates = 0
    private(set) var refusedAnswers = 0
    /// Peers that hung up and for which a connection was closed.
    private(set) var byes: [Int: Int] = [:]
    private var epochs: [Int: Int] = [:]
    private var descriptions: UInt64 = 0
    private var instance = 0

    init(_ agent: ScriptedAgent, _ strategy: Strategy, maxConnections: Int = 64, candidates: (Int, Int) = (2, 2)) {
        self.agent = agent
        self.negotiator = Negotiator(strategy: strategy, maxConnections: maxConnections)
        self.candidates = candidates
        agent.onMessage = { [weak self] in self?.heard($0) }
    }

    subscript(peer: NegotiatingAgent) -> PeerConnection { self.negotiator[peer.agent.index] }

    /// Everything that was sent.
    var messages: Int { self.sent.values.reduce(0, +) }

    // MARK: What a case has it do

    func call() { self.send(.call, nil, "{}") }

    func bye() {
        self.send(.bye, nil, "{}")
        self.negotiator.closeAll()
    }

    /// It lost its connection to the backend, and what it had with it.
    func restarted() {
        self.negotiator.closeAll()
        self.instance += 1
    }

    /// Makes a further offer on a connection that is there.
    func renegotiate(with peer: NegotiatingAgent, trickles: Bool) {
        let id = self.nextDescription()
        guard self.negotiator.renegotiate(with: peer.agent.index, id: id) else { return }
        self.sendOffer(id, to: peer.agent, trickles: trickles)
        self.fact(peer.agent.index)
    }

    /// Sends an answer out of turn.
    func sendAnswer(_ id: DescriptionID, to peer: NegotiatingAgent) {
        self.send(.answer, peer.agent, #"{"desc":\#(id.raw),"re":\#(self[peer].offer.raw)}"#)
    }

    /// Sends a candidate of whatever description.
    func sendCandidate(of id: DescriptionID, to peer: NegotiatingAgent, isLast: Bool = false) {
        self.send(.candidate, peer.agent, #"{"of":\#(id.raw),"last":\#(isLast)}"#)
    }

    /// Sends an offer to somebody, as if a `response` of that peer had come.
    func offer(to peer: ScriptedAgent) {
        self.react(.response, from: peer.index, JSONTree.null)
    }

    // MARK: What it does by itself

    private func heard(_ heard: Heard) {
        guard let kind = heard.kind, let key = heard.key, !self.isMute else { return }
        self.react(kind, from: key.from, heard.content ?? .null)
    }

    /// The description that a message is about; none of ours when it has no number that is one.
    static func description(in content: JSONTree) -> DescriptionID {
        DescriptionID(raw: UInt64(clamping: content["desc"]?.number ?? content["of"]?.number ?? 0))
    }

    private func react(_ kind: SignalKind, from peer: Int, _ content: JSONTree) {
        let id = Self.description(in: content)
        let epoch = content["epoch"]?.number ?? self.epochs[peer] ?? 0
        let isRestarted = epoch > self.epochs[peer] ?? 0
        self.epochs[peer] = max(epoch, self.epochs[peer] ?? 0)
        switch kind {
        case .call:
            guard self.negotiator.call(from: peer, restarted: isRestarted) == .respond else { break }
            self.later { agent in
                if agent.negotiator.respondDue(to: peer) == .send { agent.send(.response, agent.peer(peer), "{}") }
            }
        case .response:
            guard self.negotiator.response(from: peer) == .createOffer else { break }
            let generation = self.negotiator[peer].generation
            self.watch(peer, generation)
            self.later { agent in
                let id = agent.nextDescription()
                guard agent.negotiator.offerDue(to: peer, generation: generation, id: id), let other = agent.peer(peer)
                else { return }
                agent.sendOffer(id, to: other, trickles: true)
                agent.fact(peer)
            }
        case .offer: self.offered(id, from: peer, isRestarted, trickles: content["trickle"]?.flag ?? true)
        case .answer:
            if self.negotiator.answer(from: peer, id: id) != .applied { self.refusedAnswers += 1 }
        case .candidate:
            let action = self.negotiator.candidate(from: peer, of: id, isLast: content["last"]?.flag ?? false)
            if action == .stale { self.staleCandidates += 1 }
        case .bye:
            if self.negotiator.bye(from: peer) { self.byes[peer, default: 0] += 1 }
        case .chatter: break
        }
        self.fact(peer)
    }

    private func offered(_ id: DescriptionID, from peer: Int, _ isRestarted: Bool, trickles: Bool) {
        guard let other = self.peer(peer) else { return }
        let action = self.negotiator.offer(
            from: peer, id: id, polite: self.agent.id < other.id, restarted: isRestarted)
        switch action {
        case .createAnswer: break
        case .rollbackAndAnswer: self.rollbacks += 1
        case .ignoreGlare:
            self.ignoredGlares += 1
            return
        case .invalidState: return
        }
        let generation = self.negotiator[peer].generation
        self.watch(peer, generation)
        self.later { agent in
            let answer = agent.nextDescription()
            guard agent.negotiator.answerDue(to: peer, generation: generation, id: answer) else { return }
            agent.send(.answer, other, #"{"desc":\#(answer.raw),"re":\#(id.raw)}"#)
            if trickles { agent.trickle(answer, agent.candidates.answerer, to: other) }
            agent.fact(peer)
        }
    }

    private func sendOffer(_ id: DescriptionID, to peer: ScriptedAgent, trickles: Bool) {
        if trickles, self.sendsCandidatesFirst { self.trickle(id, self.candidates.offerer, to: peer) }
        self.send(.offer, peer, #"{"desc":\#(id.raw),"trickle":\#(trickles)}"#)
        if trickles, !self.sendsCandidatesFirst { self.trickle(id, self.candidates.offerer, to: peer) }
    }

    private func trickle(_ id: DescriptionID, _ count: Int, to peer: ScriptedAgent) {
        for index in 0..<count {
            self.send(.candidate, peer, #"{"of":\#(id.raw),"last":\#(index == count - 1),"i":\#(index)}"#)
        }
    }

    private func send(_ kind: SignalKind, _ peer: ScriptedAgent?, _ content: String) {
        guard self.agent.isJoined else { return }
        if kind.isDirected, peer == nil { return }
        let inner = content.dropFirst().dropLast()
        let separator = inner.isEmpty ? "" : ","
        self.agent.push(#"{"epoch":\#(self.instance)\#(separator)\#(inner)}"#, to: peer, kind: kind)
        self.sent[kind, default: 0] += 1
    }

    private func watch(_ peer: Int, _ generation: UInt32) {
        guard let patience else { return }
        self.agent.board.after(patience, self.agent) { [weak self] _ in
            guard let self, self.negotiator.timedOut(peer, generation: generation) else { return }
            self.fact(peer)
        }
    }

    private func later(_ body: @escaping (NegotiatingAgent) -> Void) {
        guard self.think > 0 else { return body(self) }
        self.agent.board.after(self.think, self.agent) { [weak self] _ in self.map(body) }
    }

    private func peer(_ index: Int) -> ScriptedAgent? {
        self.agent.board.agents.indices.contains(index) ? self.agent.board.agents[index] : nil
    }

    private func nextDescription() -> DescriptionID {
        self.descriptions += 1
        return DescriptionID(raw: UInt64(self.agent.index + 1) << 20 | self.descriptions)
    }

    /// Writes down where it stands with a peer.
    private func fact(_ peer: Int) {
        let connection = self.negotiator[peer]
        guard connection.state != .none else { return }
        self.agent.board.note(
            self.agent, .peerState, .info,
            peer: PeerFact(
                peer: peer, state: "\(connection.state)", local: connection.local.raw, remote: connection.remote.raw,
                offer: connection.offer.raw, answer: connection.answer.raw, candidates: connection.candidatesApplied,
                hasLast: connection.lastCandidateReceived, lostCandidates: connection.candidatesLost))
    }
}
