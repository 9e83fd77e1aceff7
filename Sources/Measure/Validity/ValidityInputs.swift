/// What the validity of a run is judged by.
package struct ValidityInputs: Sendable {
    /// The upper end of a distribution in milliseconds.
    package struct Tail: Equatable, Sendable {
        /// Absent below 299 samples.
        package var p99: Double?
        /// Without a p99 the highest quantile that there are samples enough for: of a few sends the greatest says more
        /// about the machine than about the generator.
        package var substitute: Substitute?
        package var max: Double?
        package var samples: UInt64

        package init(p99: Double? = nil, max: Double? = nil, samples: UInt64) {
            self.p99 = p99
            self.max = max
            self.samples = samples
        }

        /// The tail of a recorded distribution.
        package init(_ histogram: LatencyHistogram) {
            self.init(
                p99: histogram.quantile(0.99)?.milliseconds, max: histogram.max.map { Double($0) / 1e6 },
                samples: histogram.count)
            guard self.p99 == nil else { return }
            for (name, q) in [("p95", 0.95), ("p90", 0.9)] {
                guard let value = histogram.quantile(q)?.milliseconds else { continue }
                self.substitute = Substitute(name: name, value: value)
                return
            }
        }

        /// A quantile that stands in for the p99.
        package struct Substitute: Equatable, Sendable {
            package var name: String
            package var value: Double

            package init(name: String, value: Double) {
                self.name = name
                self.value = value
            }
        }

        /// What is judged: the p99, what stands in for it, or the greatest of a handful of samples.
        package var value: Double? { self.p99 ?? self.substitute?.value ?? self.max }

        /// What ``value`` is called.
        package var name: String { self.p99 != nil ? "p99" : self.substitute?.name ?? "greatest" }
    }

    /// Handed to the socket − due.
    package var sendLateness: Tail
    /// The p99 of fan-out that lateness and loop lag are compared with, in milliseconds; nil without any broadcast.
    package var fanoutP99: Double?
    /// Lag of all loops on the 10 ms schedule.
    package var loopLag: Tail
    /// Whether time is virtual: then no loop lags, and no core is busy.
    package var isSimulated = false
    /// Share of a core that the busiest event loop used over steady; nil when it was not sampled.
    package var busiestLoop: Double?
    package var agentsRequested: Int
    package var agentsConnected: Int
    /// Of the missing agents, those for want of file descriptors, ports or memory on this side.
    package var agentsRefusedLocally: Int
    package var messagesSent: UInt64
    /// Messages that never left although their agents were connected.
    package var messagesUnsent: UInt64
    /// Receipts that were required.
    package var deliveriesExpected: UInt64
    /// Whether the plan has anybody to deliver anything to: not so when agents are only held.
    package var plansDeliveries: Bool
    /// How the backend was lost, when it was and the plan did not say so.
    package var backendLost: String?
    /// Share of steady that a CPU quota kept this process from running; nil without a quota.
    package var throttled: Double?
    /// Latencies below zero, of all latencies.
    package var negative: UInt64 = 0
    package var latencies: UInt64 = 0
    /// PUBLISH packets that the broker says it sent, and those that the agents received; nil where it does not say.
    package var broker: (theirs: Int64, ours: UInt64)?
    /// Whether deliveries or connections were lost, which is why a broker's count may differ.
    package var hasLosses = false
    /// Whether connections ended that the plan did not end: what waited in them says nothing about the rate.
    package var hasLostConnections = false
    /// Members and messages in the run's rooms that are not of this run.
    package var foreign = Foreign()
    /// Whether the broker has clients that are not of the run, and that its count is of, too.
    package var brokerHasOthers = false
    /// Whether there were any, which a broker counts, too.
    package var hasForeign: Bool { self.foreign.members + self.foreign.messages > 0 }

    /// Who else was in the rooms.
    package struct Foreign: Equatable, Sendable {
        package var members: UInt64 = 0
        package var messages: UInt64 = 0
        /// Receipts of the run's own messages.
        package var ownMessages: UInt64 = 0
        /// Whether the profile says that they belong there.
        package var isExpected = false

        package init() {}

        /// The greater of the share of members and that of messages.
        func share(agents: Int) -> Double? {
            func share(_ theirs: UInt64, _ ours: UInt64) -> Double? {
                theirs + ours > 0 ? Double(theirs) / Double(theirs + ours) : nil
            }
            return [share(self.members, UInt64(max(0, agents))), share(self.messages, self.ownMessages)]
                .compactMap(\.self).max()
        }
    }

    package init(
        sendLateness: Tail,
        fanoutP99: Double?,
        loopLag: Tail,
        busiestLoop: Double?,
        agentsRequested: Int,
        agentsConnected: Int,
        agentsRefusedLocally: Int = 0,
        messagesSent: UInt64,
        messagesUnsent: UInt64 = 0,
        deliveriesExpected: UInt64,
        plansDeliveries: Bool = true,
        backendLost: String? = nil
    ) {
        self.sendLateness = sendLateness
        self.fanoutP99 = fanoutP99
        self.loopLag = loopLag
        self.busiestLoop = busiestLoop
        self.agentsRequested = agentsRequested
        self.agentsConnected = agentsConnected
        self.agentsRefusedLocally = agentsRefusedLocally
        self.messagesSent = messagesSent
        self.messagesUnsent = messagesUnsent
        self.deliveriesExpected = deliveriesExpected
        self.plansDeliveries = plansDeliveries
        self.backendLost = backendLost
    }
}
