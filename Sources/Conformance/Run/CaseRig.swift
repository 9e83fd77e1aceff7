package import Backends
import Measure
package import NIOCore
import Signaling

/// Where one case runs: its agents, its history and its clock, all on one event loop.
///
/// It is an actor whose executor is that loop, so that a case may touch its agents between two awaits without a hop.
package actor CaseRig {
    package nonisolated let loop: any EventLoop
    package nonisolated let fixture: CaseFixture
    package nonisolated let profile: ConformanceProfile
    /// Told apart from other cases' rooms by its beginning.
    nonisolated let roomPrefix: String
    nonisolated let seed: UInt64
    nonisolated let network: any Network
    let board: CaseBoard

    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.executor.asUnownedSerialExecutor() }

    package init(
        loop: any EventLoop, fixture: CaseFixture, profile: ConformanceProfile, name: String, run: UInt32,
        mutant: Mutant?, network: any Network
    ) throws {
        self.loop = loop
        self.fixture = fixture
        self.network = network
        self.profile = profile
        self.roomPrefix = "conform-\(String(run, radix: 36))-\(name.lowercased())"
        self.seed = UInt64(run)
        let capabilities = try BackendCatalogue.capabilities(fixture.settings)
        self.board = try CaseBoard(
            loop: loop, settings: fixture.settings, network: network, capabilities: capabilities,
            rule: DeliveryRule(fixture.declaration), run: run, mutant: mutant.map { MutantProxy($0) })
    }

    private var kept: [NegotiatingAgent] = []

    /// Holds on to a negotiating agent until the case is over.
    func keep(_ agent: NegotiatingAgent) { self.kept.append(agent) }

    var declaration: Declaration { self.fixture.declaration }
    var history: History { self.board.history }
    var agents: [ScriptedAgent] { self.board.agents }
    var isQuick: Bool { self.profile == .quick }

    /// A room of this case's own.
    func room(_ name: String = "r") -> String { "\(self.roomPrefix)-\(name)" }

    /// One of two sizes.
    func size(_ quick: Int, _ full: Int) -> Int { self.isQuick ? quick : full }

    // MARK: Agents

    /// A connected agent.
    ///
    /// - Throws: ``CaseFailure`` when it does not get its welcome.
    func connect(_ settings: BackendSettings? = nil) async throws -> ScriptedAgent {
        let agent = try self.board.add(settings)
        try await self.connect(agent)
        return agent
    }

    /// Connects an agent, for the first time or again.
    ///
    /// - Parameters:
    ///   - agent: the agent.
    ///   - resuming: whether it takes over what its last connection left, and so may resume its session.
    /// - Throws: ``CaseFailure`` when it does not get its welcome.
    func connect(_ agent: ScriptedAgent, resuming: Bool = false) async throws {
        if let failure = await self.attempt(agent, resuming: resuming) { throw failure }
    }

    /// What the backend sent to any agent of the case against its own protocol.
    var breach: String? { self.agents.lazy.compactMap(\.breach).first }

    /// Whether the backend lets a new agent in.
    func isLetIn() async -> Bool {
        guard let agent = try? self.board.add(nil) else { return true }
        return await self.attempt(agent) == nil
    }

    /// The same as ``connect(_:resuming:)``, with the failure as a value.
    func attempt(_ agent: ScriptedAgent, resuming: Bool = false) async -> CaseFailure? {
        do {
            let ticket = try await agent.beginConnecting().get()
            try agent.connect(ticket, resuming: resuming)
        } catch {
            agent.connectFailed("\(error)")
            return CaseFailure(.setup, "agent \(agent.index) could not connect: \(error)")
        }
        let welcomed = await self.wait(seconds: 10) { agent.state != .connecting }
        guard welcomed, agent.state == .welcomed else {
            let why = agent.closing.map { "\($0.reason)" } ?? "no welcome within ten seconds"
            return CaseFailure(.setup, "agent \(agent.index) was not let in: \(why)")
        }
        return nil
    }

    /// Agents that are members of a room.
    func members(_ count: Int, of room: String) async throws -> [ScriptedAgent] {
        var agents: [ScriptedAgent] = []
        for _ in 0..<count { agents.append(try await self.member(of: room)) }
        return agents
    }

    /// An agent that is a member of a room.
    func member(of room: String, _ settings: BackendSettings? = nil) async throws -> ScriptedAgent {
        let agent = try await self.connect(settings)
        try await self.join(agent, room)
        return agent
    }

    /// Lets an agent join a room.
    ///
    /// - Throws: ``CaseFailure`` when it is not let in.
    func join(_ agent: ScriptedAgent, _ room: String) async throws {
        guard await self.tryJoin(agent, room) else {
            let why = agent.refusals.last.map { "\($0.code) \($0.message)" } ?? agent.closing.map { "\($0.reason)" }
            throw CaseFailure(.setup, "agent \(agent.index) could not join: \(why ?? "no answer within five seconds")")
        }
    }

    /// Lets an agent join a room.
    ///
    /// - Returns: whether it is a member now; when it is not, the backend refused, closed, or did not answer.
    func tryJoin(_ agent: ScriptedAgent, _ room: String) async -> Bool {
        agent.beginJoining(room)
        await self.wait(seconds: 5) { agent.state != .joining }
        return agent.isJoined
    }

    // MARK: Waiting

    /// Waits until a condition holds.
    ///
    /// Time in which this loop stood still is ours, not the backend's, and does not count.
    ///
    /// - Returns: whether it did within the time.
    @discardableResult
    func wait(seconds: Double, until condition: () -> Bool) async -> Bool {
        let began = self.loop.now
        var end = began + .nanoseconds(Int64(seconds * 1e9))
        while !condition() {
            let before = self.loop.now
            if before >= end || Task.isCancelled { return condition() }
            await self.sleep(before - began < Self.soon ? Self.step : Self.stride)
            let slept = self.loop.now - before
            if slept > Self.standstill { end = end + slept }
        }
        return true
    }

    /// Between two looks, at first.
    private static let step = TimeAmount.milliseconds(2)
    /// Most of what comes is here by then.
    private static let soon = TimeAmount.milliseconds(100)
    /// Between two looks, later.
    private static let stride = TimeAmount.milliseconds(10)
    /// A turn of the loop that took longer was held up.
    private static let standstill = TimeAmount.milliseconds(50)

    /// Sleeps by the loop's clock.
    private func sleep(_ time: TimeAmount) async {
        await withCheckedContinuation { waiting in self.loop.scheduleTask(in: time) { waiting.resume() } }
    }

    /// Waits for the time that a case may take.
    ///
    /// - Returns: whether it is over; false when the case ended before.
    func expire(after seconds: Double) async -> Bool {
        let end = self.loop.now + .nanoseconds(Int64(seconds * 1e9))
        while self.loop.now < end {
            if Task.isCancelled { return false }
            await self.sleep(.milliseconds(100))
        }
        return true
    }

    func pause(seconds: Double) async { await self.sleep(.nanoseconds(Int64(seconds * 1e9))) }

    /// Waits until everything that is owed is here, or nothing of it has come for `patience` seconds; then a moment more,
    /// for what should not come.
    func drain(patience: Double = 2, settle: Double = 0.1) async {
        let limit = Int64(patience * 1e9)
        let began = self.board.elapsed
        await self.wait(seconds: 300) {
            self.board.outstanding.isEmpty
                || self.board.elapsed - max(began, self.board.lastProgress) > limit
        }
        await self.pause(seconds: settle)
    }

    /// Waits until nothing is owed and no agent has anything left to do, which ends a negotiation whatever came of it.
    func rest(seconds: Double = 10) async {
        await self.wait(seconds: seconds) { self.board.outstanding.isEmpty && self.board.due == 0 }
        await self.pause(seconds: 0.1)
    }

    /// Ends every connection of the case.
    package func tearDown() async {
        for agent in self.agents { agent.connection?.close() }
        await self.wait(seconds: 2) { self.agents.allSatisfy { $0.connection == nil } }
    }
}
