import Backends
import Measure
import NIOCore
import Signaling
import Workload

/// Everything that lives on one event loop: rooms, agents, their connections, timers, and what they recorded.
///
/// Confined to its loop; nothing of it is shared, locked or awaited while messages flow. It gets events from its agents'
/// connections and from its ``Schedule``, and leaves one ``LoopSamples`` behind. This class holds the tables and the
/// wiring; what is done lies in ``AgentSession``, ``RoomTraffic`` and ``NegotiationDriver``.
final class LoopCell {
    let loop: any EventLoop
    let configuration: CellConfiguration
    let connections: ConnectionLoop
    let schedule: Schedule
    var rooms: [Room] = []
    private(set) var agents: [Agent] = []
    /// Index of the room among this cell's, by plan index; −1 on another loop.
    let roomIndex: [Int32]
    /// Index of the agent among this cell's, by plan index; −1 on another loop.
    let agentIndex: [Int32]
    private var driver: NegotiationDriver?

    var samples = LoopSamples()
    var outages = OutageTracker()
    var window = RunWindow()
    var presence = Presence()
    var interval = IntervalCounters()
    /// Of the deliveries until a second ago, or of all but their last 64th; nil while there are too few.
    var deliveryP99: Int64?
    var deliveriesAtP99: UInt64 = 0
    /// What connections that have ended carried.
    var wire = WireCounters()
    var isEnded = false
    var isLeaving = false
    /// How many agents have yet to come to their goodbye.
    var goodbyes = 0

    var scratch: [UInt8] = []
    var body: [UInt8] = []
    var signal: ByteBuffer

    /// - Throws: ``BackendError`` for settings that make no sense.
    init(loop: any EventLoop, number: Int, configuration: CellConfiguration, endpoint: Endpoint) throws(BackendError) {
        self.loop = loop
        self.configuration = configuration
        self.connections = try ConnectionLoop(
            loop, to: endpoint,
            seed: SplitMix64.mix(
                UInt64(configuration.runID), UInt64(number * configuration.shard.count + configuration.shard.index)))
        self.schedule = Schedule(loop)
        self.samples.faults = FaultSamples(configuration.profile.faults)
        self.signal = ByteBufferAllocator().buffer(capacity: 8 << 10)
        let plan = configuration.plan
        var roomIndex = [Int32](repeating: -1, count: plan.rooms.count)
        var agentIndex = [Int32](repeating: -1, count: plan.agents.count)
        let prefix = configuration.roomPrefix
        var count: Int32 = 0
        let shard = configuration.shard
        for planned in plan.rooms
        where shard.holds(room: planned.index)
            && shard.loop(ofRoom: planned.index, loops: configuration.loops) == number
        {
            let first = count
            roomIndex[planned.index] = Int32(self.rooms.count)
            for agent in planned.members {
                agentIndex[agent] = count
                count += 1
            }
            self.rooms.append(
                Room(
                    index: Int32(planned.index), name: prefix + planned.name, members: Array(first..<count),
                    traffic: RoomTraffic(
                        slots: planned.members.count, rule: configuration.deliveryRule,
                        planted: configuration.planted)))
        }
        self.roomIndex = roomIndex
        self.agentIndex = agentIndex
        self.populate()
        self.driver = NegotiationDriver(cell: self, configuration: configuration)
        self.schedule.owner = self
        self.connections.atEndOfRead = { [unowned self] in self.schedule.fireDue() }
    }

    private func populate() {
        self.agents.reserveCapacity(self.rooms.reduce(0) { $0 + $1.members.count })
        for room in self.rooms.indices {
            let members = self.configuration.plan.rooms[Int(self.rooms[room].index)].members
            let maximum =
                switch self.configuration.profile.signaling.maxConnections {
                case .auto: members.count - 1
                case .count(let count): count
                }
            for (slot, agent) in members.enumerated() {
                self.agents.append(
                    Agent(
                        cell: self, index: Int32(agent), local: self.agentIndex[agent], room: Int32(room),
                        slot: Int32(slot),
                        negotiator: Negotiator(
                            strategy: self.configuration.profile.signaling.strategy, maxConnections: maximum,
                            ownPeers: members.count)))
            }
        }
    }

    /// Takes itself apart when the run is over: agents and cell hold each other.
    func dissolve() {
        self.agents = []
        self.driver = nil
        self.connections.atEndOfRead = nil
    }

    /// The negotiations of its agents; there until the run is over.
    @inline(__always)
    var negotiations: NegotiationDriver {
        guard let driver else { preconditionFailure("a cell that was dissolved negotiates") }
        return driver
    }

    /// The clock of the run.
    @inline(__always)
    var now: Instant { self.connections.now }

    /// The agent that a tag names, when it is a member of that room of this cell's.
    @inline(__always)
    func sender(_ tag: Tag, in room: Int) -> Agent? {
        guard Int32(truncatingIfNeeded: tag.room) == self.rooms[room].index, Int(tag.sender) < self.agentIndex.count
        else { return nil }
        let local = self.agentIndex[Int(tag.sender)]
        guard local >= 0 else { return nil }
        let agent = self.agents[Int(local)]
        return Int(agent.room) == room ? agent : nil
    }
}

extension LoopCell: ScheduleOwner {
    func tickEnded() { self.connections.flush() }

    func due(_ event: TimerEvent, at due: Instant) {
        switch event {
        case .arrive(let session): self.arrive(session)
        case .roomCalls(let room): self.roomCallsDue(room)
        case .roomCallsAnyway(let room): self.startRoomCalls(room)
        case .call(let index): self.callDue(index, at: due)
        case .chatter(let agent): self.chatterDue(self.agents[Int(agent)], at: due)
        case .respond, .offer, .answer, .candidate, .attemptTimeout: self.negotiations.due(event, at: due)
        case .depart(let session): self.depart(session)
        case .reconnect(let agent): self.reconnect(self.agents[Int(agent)])
        case .connectTimeout(let agent, let connection): self.connectTimedOut(self.agents[Int(agent)], connection)
        case .joinGrace(let agent, let connection): self.joinGraceOver(self.agents[Int(agent)], connection)
        case .finalLeave: self.finalLeave()
        case .goodbye(let agent): self.goodbye(self.agents[Int(agent)], at: due)
        case .fault(let number, let isOver): self.fault(number, isOver: isOver)
        case .lagProbe: self.probeLag(due: due)
        case .upkeep: self.upkeep(at: due)
        }
    }
}

@available(*, unavailable)
extension LoopCell: Sendable {}
