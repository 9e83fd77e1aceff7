import Signaling

/// A room in memory: a bus with first-in-first-out order per sender, and an agent with a negotiator at each end of it.
///
/// Discrete events, no clock. It counts what a backend would deliver, so that the arithmetic has something to be
/// compared with that knows no formula.
struct MeshSimulation {
    struct Settings {
        var members: Int
        var offererCandidates = 0
        var answererCandidates = 0
        var echo = false
        var strategy = Strategy.seed
        var maxConnections = Int.max
        /// From a send to each of its deliveries; each ordered pair of members may have its own.
        var latency: (_ from: Int, _ to: Int) -> Int = { _, _ in 1_000 }
        var responseTime = 0
        var offerTime = 0
        var answerTime = 0
        var candidateGap = 0
    }

    enum Event {
        case join(Int)
        case call(Int)
        case bye(Int)
        case delivery(Message, to: Int)
        case respond(Int, to: Int)
        case offer(Int, to: Int, generation: UInt32)
        case answer(Int, to: Int, generation: UInt32)
        case candidate(Int, to: Int, generation: UInt32, of: DescriptionID, left: Int)
    }

    struct Message {
        var kind: SignalKind
        var from: Int
        var to: Int?
        var description = DescriptionID.none
        var isLast = false
    }

    let settings: Settings
    private(set) var agents: [Negotiator]
    private(set) var totals = MeshTotals()
    private(set) var sent: [SignalKind: Int] = [:]
    private var isMember: [Bool]
    private var queue = EventQueue<Event>()
    private var now = 0
    private var descriptions: UInt64 = 0
    /// When the last message from one member to another arrives: the next may not be there earlier.
    private var lastArrival: [Int]

    init(_ settings: Settings) {
        self.settings = settings
        let agent = Negotiator(strategy: settings.strategy, maxConnections: settings.maxConnections)
        self.agents = Array(repeating: agent, count: settings.members)
        self.isMember = Array(repeating: false, count: settings.members)
        self.lastArrival = Array(repeating: 0, count: settings.members * settings.members)
    }

    mutating func schedule(_ event: Event, at time: Int) { self.queue.add(event, at: time) }

    /// Plays until nothing is left to happen.
    mutating func run() {
        while let (time, event) = self.queue.next() {
            self.now = time
            self.handle(event)
        }
    }

    var negotiatedPairs: Int { self.countPairs { $0.isNegotiated(with: $1) } }

    /// Pairs whose two ends also applied every candidate of the other's.
    var connectablePairs: Int {
        let (offerer, answerer) = (self.settings.offererCandidates, self.settings.answererCandidates)
        return self.countPairs { a, b in
            let (fromOfferer, fromAnswerer) = a.local == a.offer ? (b, a) : (a, b)
            return a.isNegotiated(with: b) && fromOfferer.candidatesApplied == offerer
                && fromAnswerer.candidatesApplied == answerer
                && (offerer == 0 || fromOfferer.lastCandidateReceived)
                && (answerer == 0 || fromAnswerer.lastCandidateReceived)
        }
    }

    func connection(_ a: Int, _ b: Int) -> PeerConnection { self.agents[a][b] }

    private func countPairs(_ holds: (PeerConnection, PeerConnection) -> Bool) -> Int {
        var count = 0
        for a in 0..<self.settings.members {
            for b in 0..<a where holds(self.agents[a][b], self.agents[b][a]) { count += 1 }
        }
        return count
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .join(let member):
            self.isMember[member] = true
        case .call(let member):
            self.send(Message(kind: .call, from: member))
        case .bye(let member):
            self.send(Message(kind: .bye, from: member))
            self.agents[member].closeAll()
        case .delivery(let message, let receiver):
            self.receive(message, at: receiver)
        case .respond(let member, let peer):
            guard self.agents[member].respondDue(to: peer) == .send else { return }
            self.send(Message(kind: .response, from: member, to: peer))
        case .offer(let member, let peer, let generation):
            let id = self.newDescription()
            guard self.agents[member].offerDue(to: peer, generation: generation, id: id) else { return }
            self.send(Message(kind: .offer, from: member, to: peer, description: id))
            self.gather(member, peer, id, self.settings.offererCandidates)
        case .answer(let member, let peer, let generation):
            let id = self.newDescription()
            guard self.agents[member].answerDue(to: peer, generation: generation, id: id) else { return }
            self.send(Message(kind: .answer, from: member, to: peer, description: id))
            self.gather(member, peer, id, self.settings.answererCandidates)
        case .candidate(let member, let peer, let generation, let id, let left):
            guard self.agents[member][peer].generation == generation else { return }
            self.send(Message(kind: .candidate, from: member, to: peer, description: id, isLast: left == 1))
            self.gather(member, peer, id, left - 1)
        }
    }

    private mutating func gather(_ member: Int, _ peer: Int, _ id: DescriptionID, _ left: Int) {
        guard left > 0 else { return }
        let generation = self.agents[member][peer].generation
        self.schedule(
            .candidate(member, to: peer, generation: generation, of: id, left: left),
            at: self.now + self.settings.candidateGap)
    }

    private mutating func send(_ message: Message) {
        self.totals.messages += 1
        self.sent[message.kind, default: 0] += 1
        for receiver in self.isMember.indices where self.isMember[receiver] {
            if receiver == message.from, !self.settings.echo { continue }
            let stream = message.from * self.settings.members + receiver
            let arrival = max(self.now + self.settings.latency(message.from, receiver), self.lastArrival[stream])
            self.lastArrival[stream] = arrival
            self.schedule(.delivery(message, to: receiver), at: arrival)
        }
    }

    private mutating func receive(_ message: Message, at me: Int) {
        self.totals.deliveries += 1
        // The filter, on integers.
        if message.from == me { return }
        if let to = message.to, to != me { return }
        self.totals.useful += 1
        let peer = message.from
        switch message.kind {
        case .call:
            guard self.agents[me].call(from: peer, restarted: false) == .respond else { return }
            self.schedule(.respond(me, to: peer), at: self.now + self.settings.responseTime)
        case .response:
            guard self.agents[me].response(from: peer) == .createOffer else { return }
            let generation = self.agents[me][peer].generation
            self.schedule(.offer(me, to: peer, generation: generation), at: self.now + self.settings.offerTime)
        case .offer:
            switch self.agents[me].offer(from: peer, id: message.description, polite: me < peer, restarted: false) {
            case .createAnswer, .rollbackAndAnswer:
                let generation = self.agents[me][peer].generation
                self.schedule(.answer(me, to: peer, generation: generation), at: self.now + self.settings.answerTime)
            case .ignoreGlare, .invalidState: break
            }
        case .answer: _ = self.agents[me].answer(from: peer, id: message.description)
        case .candidate:
            _ = self.agents[me].candidate(from: peer, of: message.description, isLast: message.isLast)
        case .bye: _ = self.agents[me].bye(from: peer)
        case .chatter: break
        }
    }

    private mutating func newDescription() -> DescriptionID {
        self.descriptions += 1
        return DescriptionID(raw: self.descriptions)
    }
}
