import Backends
import Measure
import NIOCore
import Signaling

/// What the agents of one case share: its history, its clock, and what stands between the wire and the history.
///
/// Confined to the case's event loop.
final class CaseBoard {
    let loop: any EventLoop
    let capabilities: Capabilities
    let rule: DeliveryRule
    /// Tells this case's messages from everybody else's: the bits of ``caseMask`` are the case, the others the suite.
    let run: UInt32
    /// The bits of ``run`` that tell the cases of one suite apart.
    static let caseMask: UInt32 = 0xFF
    private(set) var history = History()
    private(set) var agents: [ScriptedAgent] = []
    /// Changes deliveries before they are seen; nil for none.
    let mutant: MutantProxy?
    /// Required deliveries that are still to come.
    private(set) var outstanding: Set<Owed> = []
    /// What agents are still to do by themselves.
    private(set) var due = 0
    /// When something required came last.
    private(set) var lastProgress: Int64 = 0
    /// Whether contents are read and compared; a case that sends much, and looks at times only, spares itself that.
    var readsContent = true
    /// Messages of other runs.
    var foreign = 0
    private let home: ConnectionLoop
    private let network: any Network
    private let start: Instant

    /// One delivery that is owed.
    struct Owed: Hashable {
        var agent: Int
        var message: MessageKey
    }

    init(
        loop: any EventLoop, settings: BackendSettings, network: any Network, capabilities: Capabilities,
        rule: DeliveryRule, run: UInt32, mutant: MutantProxy?
    ) throws {
        self.loop = loop
        self.network = network
        self.home = try ConnectionLoop(loop, to: Endpoint(settings, network: network), seed: UInt64(run))
        self.capabilities = capabilities
        self.rule = rule
        self.run = run
        self.mutant = mutant
        self.start = self.home.now
    }

    var now: Instant { self.home.now }
    var elapsed: Int64 { self.now - self.start }

    /// A further agent.
    ///
    /// - Parameter settings: what differs for it from the case's backend; nil when nothing does.
    /// - Returns: the agent, not connected yet.
    /// - Throws: ``BackendError`` for settings that make no sense.
    func add(_ settings: BackendSettings? = nil) throws -> ScriptedAgent {
        let home =
            try settings.map {
                try ConnectionLoop(
                    self.loop, to: Endpoint($0, network: self.network),
                    seed: UInt64(self.run) << 16 | UInt64(self.agents.count))
            } ?? self.home
        let agent = ScriptedAgent(index: self.agents.count, board: self, home: home)
        self.agents.append(agent)
        return agent
    }

    /// Runs `body` on the loop after some nanoseconds.
    func after(_ delay: Int64, _ agent: ScriptedAgent, _ body: @escaping (ScriptedAgent) -> Void) {
        self.due += 1
        let bound = NIOLoopBound((agent, body), eventLoop: self.loop)
        self.loop.scheduleTask(in: .nanoseconds(delay)) {
            let (agent, body) = bound.value
            agent.board.due -= 1
            body(agent)
        }
    }

    // MARK: Tags

    /// The tag that names a message on the wire; room, instance and digest are not used.
    func tag(_ key: MessageKey) -> Tag {
        Tag(run: self.run, room: 0, sender: UInt32(key.from), instance: 0, n: UInt32(key.n), digest: 0)
    }

    func tagText(_ key: MessageKey) -> String {
        var bytes: [UInt8] = []
        self.tag(key).append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: History

    func note(
        _ agent: ScriptedAgent, _ action: HistoryEvent.Action, _ outcome: HistoryEvent.Outcome, _ note: String? = nil,
        room: String? = nil, peer: PeerFact? = nil
    ) {
        self.history.append(
            HistoryEvent(
                t: self.elapsed, agent: agent.index, action: action, outcome: outcome, room: room, note: note,
                peer: peer))
    }

    func pushed(_ key: MessageKey, room: String?, to target: Int?, digest: UInt64?, isOwed: Bool) {
        self.history.append(
            HistoryEvent(
                t: self.elapsed, agent: key.from, action: .push, outcome: .invoke, room: room, from: key.from, n: key.n,
                to: target, digest: digest))
        guard let room, isOwed else { return }
        for agent in self.agents where agent.isJoined && agent.room == room && self.rule.owes(key, target, agent.index)
        {
            self.outstanding.insert(Owed(agent: agent.index, message: key))
        }
    }

    func settled(_ key: MessageKey, _ outcome: HistoryEvent.Outcome) {
        self.history.append(
            HistoryEvent(
                t: self.elapsed, agent: key.from, action: .push, outcome: outcome, from: key.from, n: key.n))
        if outcome == .fail { self.outstanding = self.outstanding.filter { $0.message != key } }
    }

    /// Nothing more is owed to an agent that leaves.
    func leftRoom(_ agent: ScriptedAgent) {
        if !self.outstanding.isEmpty { self.outstanding = self.outstanding.filter { $0.agent != agent.index } }
    }

    /// A message came off the wire; what stands between may change it.
    func deliver(_ heard: Heard, to agent: ScriptedAgent) {
        guard let mutant else { return agent.receive(heard) }
        mutant.deliver(heard, to: agent)
    }

    func received(_ heard: Heard, by agent: ScriptedAgent) {
        self.history.append(
            HistoryEvent(
                t: self.elapsed, agent: agent.index, action: .recv, outcome: .ok, room: agent.room,
                from: heard.key?.from, n: heard.key?.n, digest: self.readsContent ? heard.content?.digest : nil,
                isMine: heard.isMine,
                note: heard.kind?.name))
        if let key = heard.key, self.outstanding.remove(Owed(agent: agent.index, message: key)) != nil {
            self.lastProgress = self.elapsed
        }
    }
}

@available(*, unavailable)
extension CaseBoard: Sendable {}
