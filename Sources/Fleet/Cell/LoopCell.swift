import Backends
import Measure
import NIOCore
import Signaling
import Workload

/// Everything that lives on one event loop: rooms, agents, timers and what they recorded.
///
/// Confined to `loop`; nothing of it is shared, locked or awaited while messages flow. It gets bytes from
/// ``AgentHandler`` and events from its ``TimerQueue``, and leaves one ``LoopSamples`` behind.
final class LoopCell {
    let loop: any EventLoop
    let configuration: CellConfiguration
    let endpoint: Endpoint
    /// How the bytes of the run's connections are cut into messages.
    let framing: CarrierFraming
    /// Whether sessions need a ticket before they can connect.
    let asksForTicket: Bool
    var rooms: [Room] = []
    var agents: [Agent] = []
    /// Index of the room among this cell's, by plan index; −1 on another loop.
    let roomIndex: [Int32]
    /// Index of the agent among this cell's, by plan index; −1 on another loop.
    let agentIndex: [Int32]

    var samples = LoopSamples()
    var pairs = PairLog()
    var outages = OutageTracker()
    var timers = TimerQueue()
    var outbox: Outbox
    /// Start of the run.
    var origin = Instant(nanoseconds: 0)
    var steady: Range<Int64> = 0..<0
    var isEnded = false
    var isLeaving = false
    /// Sends that wait for the end of a think or trickle time.
    var thinking = 0

    var interval = IntervalCounters()
    var scratch: [UInt8] = []
    var body: [UInt8] = []
    var signal: ByteBuffer
    private var dirty: [AgentHandler] = []
    private var alarm: NIOScheduledCallback?
    private var alarmAt = Instant.distantFuture
    private var inTick = false

    init(loop: any EventLoop, number: Int, configuration: CellConfiguration, endpoint: Endpoint) {
        self.loop = loop
        self.configuration = configuration
        self.endpoint = endpoint
        let settings = configuration.settings
        self.framing = (try? BackendCatalogue.carrier(settings).framing) ?? .webSocketMessages
        self.asksForTicket = (try? BackendCatalogue.asksForTicket(settings)) ?? false
        self.outbox = Outbox(
            seed: SplitMix64.mix(UInt64(configuration.runID), UInt64(number)), framing: self.framing)
        self.signal = ByteBufferAllocator().buffer(capacity: 8 << 10)
        let plan = configuration.plan
        var roomIndex = [Int32](repeating: -1, count: plan.rooms.count)
        var agentIndex = [Int32](repeating: -1, count: plan.agents.count)
        var rooms: [Room] = []
        var agents: [Agent] = []
        for planned in plan.rooms where planned.index % configuration.loops == number {
            roomIndex[planned.index] = Int32(rooms.count)
            var members: [Int32] = []
            let maximum =
                switch configuration.profile.signaling.maxConnections {
                case .auto: planned.members.count - 1
                case .count(let count): count
                }
            for (slot, agent) in planned.members.enumerated() {
                agentIndex[agent] = Int32(agents.count)
                members.append(Int32(agents.count))
                agents.append(
                    Agent(
                        index: Int32(agent), room: Int32(rooms.count), slot: Int32(slot),
                        negotiator: Negotiator(
                            strategy: configuration.profile.signaling.strategy, maxConnections: maximum)))
            }
            rooms.append(
                Room(
                    index: Int32(planned.index), name: planned.name, members: members,
                    ledger: RoomLedger(slots: members.count, rule: configuration.deliveryRule)))
        }
        self.rooms = rooms
        self.agents = agents
        self.roomIndex = roomIndex
        self.agentIndex = agentIndex
    }

    /// The clock of the run.
    @inline(__always)
    var now: Instant { Instant(nanoseconds: Int64(NIODeadline.now().uptimeNanoseconds)) }

    // MARK: Ticks

    /// A handler has bytes to flush when the tick ends.
    func willFlush(_ handler: AgentHandler) { self.dirty.append(handler) }

    /// Runs what is due, flushes once per connection, and sets the alarm for what comes next.
    func endTick() {
        guard !self.inTick else { return }
        self.inTick = true
        let now = self.now
        while let due = self.timers.pop(due: now) { self.fire(due.event, at: due.at) }
        while let handler = self.dirty.popLast() { handler.flush() }
        self.inTick = false
        self.setAlarm()
    }

    private func setAlarm() {
        guard !self.isEnded, let next = self.timers.next, next != self.alarmAt else { return }
        self.alarm?.cancel()
        self.alarmAt = next
        self.alarm = try? self.loop.scheduleCallback(
            at: .uptimeNanoseconds(UInt64(clamping: next.nanoseconds)),
            handler: Alarm(cell: NIOLoopBound(self, eventLoop: self.loop), at: next))
    }

    /// What the loop calls when the earliest timer is due.
    private struct Alarm: NIOScheduledCallbackHandler, Sendable {
        let cell: NIOLoopBound<LoopCell>
        let at: Instant

        func handleScheduledCallback(eventLoop: some EventLoop) {
            let cell = self.cell.value
            // Replaced after the loop had taken it up already: a cancellation comes too late then, and answering it
            // would leave two alarms where there was one, for ever.
            guard cell.alarmAt == self.at else { return }
            cell.alarmAt = .distantFuture
            cell.alarm = nil
            cell.endTick()
        }
    }

    /// Drops every timer: nothing more is sent.
    func stopTimers() {
        self.isEnded = true
        self.timers.removeAll()
        self.alarm?.cancel()
        self.alarm = nil
    }

    /// Schedules a message that think or trickle time holds back.
    func think(_ event: TimerEvent, until at: Instant) {
        self.thinking += 1
        self.timers.add(event, at: at)
    }

    private func fire(_ event: TimerEvent, at due: Instant) {
        switch event {
        case .respond, .offer, .answer, .candidate: self.thinking -= 1
        default: break
        }
        switch event {
        case .arrive(let session): self.arrive(session)
        case .roomCalls(let room): self.roomCallsDue(room)
        case .roomCallsAnyway(let room): self.startRoomCalls(room)
        case .call(let index): self.callDue(index, at: due)
        case .chatter(let agent): self.chatterDue(self.agents[Int(agent)], at: due)
        case .respond(let agent, let peer): self.respondDue(self.agents[Int(agent)], Int(peer), at: due)
        case .offer(let agent, let peer, let generation):
            self.offerDue(self.agents[Int(agent)], Int(peer), generation, at: due)
        case .answer(let agent, let peer, let generation):
            self.answerDue(self.agents[Int(agent)], Int(peer), generation, at: due)
        case .candidate(let agent, let peer, let generation, let index, let isOfferer):
            self.candidateDue(
                self.agents[Int(agent)], Int(peer), generation, Int(index), isOfferer ? .offerer : .answerer, at: due)
        case .attemptTimeout(let agent, let peer, let generation):
            self.attemptTimedOut(self.agents[Int(agent)], Int(peer), generation, at: due)
        case .depart(let session): self.depart(session)
        case .hangUp(let agent, let connection): self.hangUp(self.agents[Int(agent)], connection)
        case .reconnect(let agent): self.reconnect(self.agents[Int(agent)])
        case .connectTimeout(let agent, let connection): self.connectTimedOut(self.agents[Int(agent)], connection)
        case .joinGrace(let agent, let connection): self.joinGraceOver(self.agents[Int(agent)], connection)
        case .dialectDeadline(let agent, let connection):
            self.dialectDeadline(self.agents[Int(agent)], connection)
        case .finalLeave: self.finalLeave(at: due)
        case .lagProbe: self.probeLag(due: due)
        case .upkeep: self.upkeep(at: due)
        }
    }
}

@available(*, unavailable)
extension LoopCell: Sendable {}
