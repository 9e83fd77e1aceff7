package import Backends
package import Measure
package import Workload

/// What every cell of a run shares.
package struct CellConfiguration: Sendable {
    package let plan: Plan
    package let profile: Profile
    package let settings: BackendSettings
    package let capabilities: Capabilities
    package let pool: PayloadPool
    /// The run's id, in every tag.
    package let runID: UInt32
    /// How many loops there are; the rooms of the shard are dealt to them in turn.
    package let loops: Int
    /// Which rooms of the plan are played here.
    package let shard: Shard
    /// Whether it runs in virtual time.
    package let isSimulated: Bool
    /// A test's defect; nil in every run.
    let planted: PlantedDefect?
    /// How long a drain still listens, in nanoseconds, when everything owed is in: what comes twice comes later.
    package var settle: Int64 = 1_500_000_000

    package init(
        plan: Plan, profile: Profile, settings: BackendSettings, capabilities: Capabilities, runID: UInt32, loops: Int,
        shard: Shard = .whole, isSimulated: Bool = false, planted: PlantedDefect? = nil
    ) {
        self.plan = plan
        self.profile = profile
        self.settings = settings
        self.capabilities = capabilities
        self.pool = PayloadPool(
            profile: profile, seed: plan.seed,
            slots: profile.signaling.recording == nil ? [] : plan.agents.map { Int32($0.slot) })
        self.runID = runID
        self.loops = loops
        self.shard = shard
        self.isSimulated = isSimulated
        self.planted = planted
    }

    /// What stands before the names of rooms on the wire.
    package var roomPrefix: String { self.profile.rooms.prefix(run: self.runID) }

    /// Whom the backend owes each message.
    var deliveryRule: DeliveryRule {
        switch self.capabilities.directed {
        case .broadcast:
            DeliveryRule(
                echoesRoom: self.capabilities.selfEcho, echoesDirected: self.capabilities.selfEcho,
                routesDirected: false)
        case .routed:
            DeliveryRule(echoesRoom: self.capabilities.selfEcho, echoesDirected: false, routesDirected: true)
        case .inbox:
            DeliveryRule(
                echoesRoom: self.capabilities.selfEcho, echoesDirected: false, routesDirected: true,
                splitsStreams: true)
        }
    }
}
