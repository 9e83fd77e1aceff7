import Fleet
import Measure
import Signaling
import Workload

/// Whether the instrument was fit in a run: the judge's checks, and the machine's circumstances beside them.
enum RunValidity {
    /// Judges a run.
    ///
    /// - Parameters:
    ///   - run: its measurements.
    ///   - series: its rows, with its phases.
    ///   - profile: whose limits hold.
    ///   - agents: how many were asked for.
    ///   - facts: what the machine allowed.
    ///   - isSimulated: whether time was virtual, which no machine can disturb.
    /// - Returns: fit or not, with a reason for each check that is not.
    static func judge(
        _ run: FinishedRun, series: SeriesReport, profile: Profile, agents: Int, facts: MachineFacts,
        isSimulated: Bool = false
    ) -> Validity {
        let samples = run.outcome.samples
        var lost: String?
        if case .backendLost(let at, let detail) = run.outcome.ending {
            lost = "after \(ProgressFigures.seconds(at)), \(detail)"
        }
        // One agent that was not connected excuses nothing of the others.
        let session = samples.session
        let unsent =
            session.unsent(.backpressure) + session.unsent(.deadline)
            + (session.disconnected == 0 ? session.unsent(.noConnection) : 0)
        var inputs = ValidityInputs(
            sendLateness: .init(samples[.sendLateness]), fanoutP99: Self.fanoutP99(samples),
            loopLag: .init(samples[.loopLag]),
            busiestLoop: samples.busiestLoop > 0 ? samples.busiestLoop : nil, agentsRequested: agents,
            agentsConnected: Int(samples.session.connected),
            agentsRefusedLocally: Int(samples.session.refusedLocally), messagesSent: samples.traffic.sent,
            messagesUnsent: unsent, deliveriesExpected: samples.ledger.expected,
            plansDeliveries: !samples.pairs.isEmpty || profile.chatter != nil, backendLost: lost)
        inputs.isSimulated = isSimulated
        inputs.throttled = Self.throttled(run, series)
        inputs.negative = samples.probes.reduce(0) { $0 + $1.belowRange }
        inputs.latencies = samples.probes.reduce(0) { $0 + $1.count + $1.belowRange }
        inputs.broker = run.brokerDeliveries.map {
            (theirs: $0, ours: samples.traffic.deliveries + session.foreign + session.notices)
        }
        // The agents, and the one who asks.
        inputs.brokerHasOthers = run.brokerClients.map { $0 > UInt64(agents) + 1 } ?? false
        inputs.foreign.members = session.foreignMembers
        inputs.foreign.messages = session.foreign
        inputs.foreign.ownMessages = samples.traffic.deliveries
        inputs.foreign.isExpected = profile.foreign == .expected
        inputs.hasLostConnections = session.disconnected > 0
        inputs.hasLosses = samples.ledger.lost > 0 || session.disconnected > 0
        let limits = ValidityLimits(
            latenessShare: profile.validity.lateness.value, loopLag: profile.validity.loopLag.seconds * 1000,
            cpu: profile.validity.cpu.value, throttled: profile.validity.throttled.value,
            foreignShare: profile.validity.foreign.value)
        var validity = ValidityJudge(inputs, limits: limits).judge()
        validity.facts = isSimulated ? [] : Self.circumstances(run, agents: agents, facts: facts)
        validity.steadyState = SteadyStateReport(series)
        if let state = validity.steadyState, !state.isSteady { validity.reasons.append(state.sentence) }
        validity.reasons += Self.lostConnections(run, asked: agents)
        return validity
    }

    /// The p99 of chatter, without chatter that of room-wide signaling, in milliseconds.
    private static func fanoutP99(_ samples: LoopSamples) -> Double? {
        [Probe.fanout, .signalingFanout].lazy.compactMap { samples[$0].quantile(0.99)?.milliseconds }.first
    }

    /// What a CPU quota withheld in the steady phase, or in the whole run when nothing was sampled in it.
    private static func throttled(_ run: FinishedRun, _ series: SeriesReport) -> Double? {
        let steady = series.phases.first { $0.name == "steady" }
        let within = run.usage.filter { sample in
            guard let steady else { return false }
            let end = Double(sample.at - run.outcome.startedAt) / 1e9
            return end - sample.seconds >= steady.start - 0.1 && end <= steady.end + 0.1
        }
        return Self.mean(within.isEmpty ? run.usage : within, \.throttled)
    }

    private static func mean(_ samples: [UsageSample], _ value: (UsageSample) -> Double?) -> Double? {
        let known = samples.compactMap(value)
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }

    /// Says which members were dropped for good, and why; silent when the whole backend was lost, which is said already.
    private static func lostConnections(_ run: FinishedRun, asked: Int) -> [String] {
        let outages = run.outcome.samples.outages
        let gone = outages.reduce(0) { $0 + $1.agents - $1.recovered }
        if case .backendLost = run.outcome.ending { return [] }
        guard gone > 0 else { return [] }
        let reasons = Set(outages.filter(\.isForGood).flatMap { ($0.reasons ?? [:]).keys }).sorted()
        return [
            "\(gone) of \(asked) agents lost their connection and did not come back: "
                + reasons.prefix(3).joined(separator: "; ")
        ]
    }

    /// What is shown and never judged: it explains figures, and the checks show whether it hurt.
    private static func circumstances(_ run: FinishedRun, agents: Int, facts: MachineFacts) -> [Validity.Fact] {
        let pressures = run.usage.compactMap(\.pressure)
        return [
            Validity.Fact(
                name: "stolen CPU time", value: Self.mean(run.usage, \.steal), unit: "ratio",
                explanation: "share of the machine's CPU time that the hypervisor gave to others"),
            Validity.Fact(
                name: "wait for a core", value: run.usage.compactMap(\.runQueueDelay).max(), unit: "ratio",
                explanation: "greatest share of a second that an event loop was runnable and had no core"),
            Validity.Fact(
                name: "CPU pressure", value: pressures.max(), unit: "ratio",
                explanation:
                    "greatest share of a second in which some task of the machine, the backend's too, waited for "
                    + "a core"),
            Validity.Fact(
                name: "file descriptors left", value: Double(facts.descriptorsSoft) - Double(agents), unit: "count",
                explanation: "ulimit -n less one for each agent"),
            Validity.Fact(
                name: "local ports left", value: Double(facts.ports - agents), unit: "count",
                explanation: "ports of one local address towards the backend's less one for each agent"),
        ]
    }
}
