/// What the assembly of metrics needs to know beside the samples: the plan's numbers and the processes' use.
package struct RunFacts: Sendable {
    package var agents: Int
    package var rooms: Int
    /// Ratio of the predicted deliveries to the predicted useful ones; nil where no closed form applies.
    package var predictedAmplification: Double?
    /// Mean cores used by the driver and its peak resident bytes; nil when not sampled.
    package var generatorCPU: Double?
    package var generatorRSS: Double?
    /// Processor seconds of the driver from T0 to the end.
    package var generatorSeconds: Double?
    /// The same of the backend, when we launched it or know its process.
    package var backendCPU: Double?
    package var backendRSS: Double?
    package var backendSeconds: Double?
    /// Seconds that the plan's quotas withheld from the backend; nil in a plan without.
    package var backendThrottled: Double?

    package init(agents: Int, rooms: Int) {
        self.agents = agents
        self.rooms = rooms
    }
}
