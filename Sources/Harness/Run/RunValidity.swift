import Fleet
import Measure
import Workload

/// Whether the instrument was fit in a run: the judge's checks, and the machine's circumstances beside them.
enum RunValidity {
    /// Judges a run.
    ///
    /// - Parameters:
    ///   - run: what it brought home.
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
        return validity
    }

    /// What is shown and never judged: it explains figures, and the checks above show whether it hurt.
    private static func circumstances(
        _ run: FinishedRun, agents: Int, facts: MachineFacts
    ) -> [Validity.Check] {
        let steals = run.usage.compactMap(\.steal)
        let steal = steals.isEmpty ? nil : steals.reduce(0, +) / Double(steals.count)
        let waits = run.usage.compactMap(\.runQueueDelay)
        return [
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
