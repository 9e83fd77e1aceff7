import Fleet
import Measure
import Workload

/// Whether the instrument was fit in a run: the judge's checks, and the machine's circumstances beside them.
enum RunValidity {
    /// Judges a run.
    ///
    /// - Parameters:
    ///   - run: its measurements.
    ///   - profile: whose limits hold.
    ///   - agents: how many were asked for.
    ///   - facts: what the machine allowed.
    /// - Returns: fit or not, with a reason for each check that is not.
    static func judge(_ run: FinishedRun, profile: Profile, agents: Int, facts: MachineFacts) -> Validity {
        let samples = run.outcome.samples
        var lost: String?
        if case .backendLost(let at, let detail) = run.outcome.ending {
            lost = "after \(ProgressFigures.seconds(at)), \(detail)"
        }
        let inputs = ValidityInputs(
            sendLateness: .init(samples[.sendLateness]), fanoutP99: samples[.fanout].quantile(0.99)?.milliseconds,
            loopLag: .init(samples[.loopLag]),
            busiestLoop: samples.busiestLoop > 0 ? samples.busiestLoop : nil, agentsRequested: agents,
            agentsConnected: Int(samples.session.connected),
            agentsRefusedLocally: Int(samples.session.refusedLocally), messagesSent: samples.traffic.sent,
            messagesUnsent: samples.session.unsent, disconnected: samples.session.disconnected,
            deliveriesExpected: samples.ledger.expected,
            plansDeliveries: !samples.pairs.isEmpty || profile.chatter != nil, backendLost: lost)
        let limits = ValidityLimits(
            latenessShare: profile.validity.lateness.value, loopLag: profile.validity.loopLag.seconds * 1000,
            cpu: profile.validity.cpu.value)
        var validity = ValidityJudge(inputs, limits: limits).judge()
        validity.checks += Self.circumstances(run, agents: agents, facts: facts)
        validity.reasons += Self.lostConnections(run, asked: agents)
        validity.reasons += Self.broker(run).filter { $0.value != $0.limit }.map(\.explanation)
        return validity
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

    /// The broker's own count beside ours, where it has one.
    private static func broker(_ run: FinishedRun) -> [Validity.Check] {
        guard let theirs = run.brokerDeliveries else { return [] }
        let samples = run.outcome.samples
        let ours = samples.traffic.deliveries + samples.session.foreign + samples.session.notices
        let text =
            Double(theirs) == Double(ours)
            ? "PUBLISH packets that the broker says it sent, beside those that the agents received"
            : "The broker says that it sent \(theirs) messages, and the agents received \(ours): another client "
                + "listens there too, or messages were lost between them, or the broker restarted"
        return [
            Validity.Check(
                name: "broker's own count", value: Double(theirs), limit: Double(ours), unit: "count", fit: true,
                explanation: text)
        ]
    }

    /// What is shown and never judged: it explains figures, and the checks above show whether it hurt.
    private static func circumstances(
        _ run: FinishedRun, agents: Int, facts: MachineFacts
    ) -> [Validity.Check] {
        let steals = run.usage.compactMap(\.steal)
        let steal = steals.isEmpty ? nil : steals.reduce(0, +) / Double(steals.count)
        let waits = run.usage.compactMap(\.runQueueDelay)
        return self.broker(run) + [
            Validity.Check(
                name: "stolen CPU time", value: steal, limit: nil, unit: "ratio", fit: true,
                explanation: "share of the machine's CPU time that the hypervisor gave to others"),
            Validity.Check(
                name: "wait for a core", value: waits.max(), limit: nil, unit: "ratio", fit: true,
                explanation: "greatest share of a second that an event loop was runnable and had no core"),
            Validity.Check(
                name: "file descriptors left", value: Double(facts.descriptorsSoft) - Double(agents), limit: nil,
                unit: "count", fit: true, explanation: "ulimit -n less one for each agent"),
            Validity.Check(
                name: "local ports left", value: Double(facts.ports - agents), limit: nil, unit: "count", fit: true,
                explanation: "ports of one local address towards the backend's less one for each agent"),
        ]
    }
}
