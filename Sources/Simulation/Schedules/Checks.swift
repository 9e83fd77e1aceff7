import Backends
import Fleet
package import Measure
import NIOCore
import Signaling
import Workload

/// What must hold of every run, whatever went wrong in it.
package enum Checks {
    /// What one schedule came to.
    package struct Verdict {
        /// What does not hold, in words; empty when all does.
        package var problems: [String]
        /// Over all that was measured and all that truly happened; 0 when there is no result.
        package var digest: UInt64 = 0
    }

    /// - Returns: what does not hold, in words; empty when all does.
    package static func problems(of schedule: Schedule) -> [String] { self.verdict(of: schedule).problems }

    /// Plays a schedule and looks at everything that must hold.
    package static func verdict(of schedule: Schedule) -> Verdict {
        let result: SimulatedRun.Result
        do {
            result = try schedule.run.play()
        } catch {
            return Verdict(problems: ["\(error)"])
        }
        var problems = Self.identities(result.outcome.samples)
        problems += Self.deliveries(result.outcome.samples, echo: schedule.run.server.echo)
        problems += Self.sessions(result.outcome.samples)
        problems += Self.negotiations(result.outcome.samples)
        problems += Self.truth(result, schedule)
        if result.leaks != Simulation.Leaks() { problems.append("left over: \(result.leaks)") }
        if schedule.mode == .liveness { problems += Self.liveness(result, schedule) }
        return Verdict(problems: problems, digest: result.digest)
    }

    private static func expect(_ a: UInt64, _ b: UInt64, _ what: String, _ problems: inout [String]) {
        if a != b { problems.append("\(what): \(a) and \(b)") }
    }

    /// The ledger's identities, as its types promise them.
    package static func identities(_ samples: LoopSamples) -> [String] {
        let traffic = samples.traffic
        let ledger = samples.ledger
        var problems: [String] = []
        Self.expect(
            ledger.expected, ledger.delivered + ledger.lost + ledger.unsent + ledger.excused,
            "expected is not delivered + lost + unsent + excused", &problems)
        Self.expect(
            traffic.deliveries, ledger.delivered + ledger.optional + traffic.duplicate + traffic.misrouted,
            "deliveries are not delivered + optional + duplicate + misrouted", &problems)
        if traffic.duplicate > 0 { problems.append("\(traffic.duplicate) duplicates that nobody made") }
        if samples.session.corrupted > 0 { problems.append("\(samples.session.corrupted) corrupted") }
        return problems
    }

    /// Every delivery that is owed stands in the distributions once: with a value, or as one without.
    package static func deliveries(_ samples: LoopSamples, echo: Bool) -> [String] {
        var problems: [String] = []
        let probes = SignalKind.allCases.map { samples[.delivery($0)] }
        let timed = probes.reduce(0) { $0 + $1.count + $1.outOfRange }
        let censored = probes.reduce(0) { $0 + $1.censored }
        let (traffic, ledger) = (samples.traffic, samples.ledger)
        if ledger.overdue == 0 {
            Self.expect(
                timed, traffic.useful + traffic.overheard, "timed deliveries are not the useful and overheard ones",
                &problems)
        }
        let missing = ledger.lost + ledger.unsent + ledger.overdue
        // A sender's own echo is owed to it and is in no distribution.
        if echo {
            if censored > missing { problems.append("\(censored) censored, \(missing) missing") }
        } else {
            Self.expect(censored, missing, "censored deliveries are not those that are missing", &problems)
        }
        return problems
    }

    /// Every planned session that began has one outcome, and stands in the distribution of its join unless it is excused.
    private static func sessions(_ samples: LoopSamples) -> [String] {
        var problems: [String] = []
        let session = samples.session
        let settled = session.sessionsJoined + session.sessionsUnconfirmed + session.sessionsRefused
        Self.expect(
            session.sessionsPlanned, settled + session.sessionsExcused,
            "sessions planned are not joined + unconfirmed + refused + excused", &problems)
        let join = samples[.sessionJoin]
        Self.expect(
            settled, join.count + join.outOfRange + join.censored,
            "sessions are not those in the distribution of joins",
            &problems)
        return problems
    }

    /// Every expected pair whose call was due stands in the distribution of negotiation times: with a time, or without.
    private static func negotiations(_ samples: LoopSamples) -> [String] {
        var problems: [String] = []
        let expected = samples.pairs.filter { !$0.progress.isCensored }
        let done = expected.count { $0.progress.connectableAt != nil }
        let time = samples[.negotiationTime]
        Self.expect(
            UInt64(done), time.count + time.outOfRange, "connectable pairs are not those with a negotiation time",
            &problems)
        let failed = UInt64(expected.count - done)
        if time.censored > failed { problems.append("\(time.censored) censored negotiations, \(failed) failed pairs") }
        let named = UInt64(expected.count { $0.progress.connectableAt == nil && $0.progress.failure != nil })
        if named < failed { problems.append("\(failed) failed pairs, \(named) with a reason") }
        return problems
    }

    /// The report beside the log of the links.
    private static func truth(_ result: SimulatedRun.Result, _ schedule: Schedule) -> [String] {
        var problems: [String] = []
        let samples = result.outcome.samples
        let sent = UInt64(result.log.sent.count)
        let received = UInt64(result.log.received.count)
        if Set(result.log.received.map { "\($0.tag) \($0.link)" }).count != result.log.received.count {
            problems.append("a link carried a message twice")
        }
        // Only what one member sends over two connections can overtake itself.
        if samples.ledger.reordered > 0, schedule.run.faults.isEmpty, schedule.run.profile.churn == nil {
            problems.append("\(samples.ledger.reordered) out of order on ordered links")
        }
        if samples.traffic.sent < sent {
            problems.append("\(sent) messages on the links, \(samples.traffic.sent) reported sent")
        }
        if samples.traffic.deliveries > received {
            problems.append("\(received) deliveries on the links, \(samples.traffic.deliveries) reported")
        }
        guard schedule.isCalm else { return problems }
        Self.expect(samples.traffic.sent, sent, "calm: reported sent, and on the links", &problems)
        Self.expect(samples.traffic.deliveries, received, "calm: reported deliveries, and on the links", &problems)
        // What falls due before its sender is a member is never sent.
        if samples.ledger.lost > 0 { problems.append("calm: \(samples.ledger)") }
        if !schedule.hasBackPressure, !schedule.run.server.echo { problems += Self.quantiles(result, schedule.run) }
        return problems
    }

    /// The distribution of fan-out beside that of the links' log: the same counts in the same slots.
    package static func quantiles(_ result: SimulatedRun.Result, _ run: SimulatedRun) -> [String] {
        let phases = run.plan.phases
        let origin = result.outcome.startedAt
        let latencies = result.log.latencies {
            let at = Int64($0.time.uptimeNanoseconds) - origin.nanoseconds
            return $0.isChatter && at >= phases.steadyStart && at < phases.steadyEnd
        }
        var truth = LatencyHistogram()
        for latency in latencies { truth.record(nanoseconds: latency.nanoseconds) }
        let reported = result.outcome.samples[.fanoutUncorrected]
        guard truth.delta != reported.delta else { return [] }
        return [
            "fan-out: \(truth.count) samples of median \(String(describing: truth.quantile(0.5))) on the links, "
                + "\(reported.count) of \(String(describing: reported.quantile(0.5))) reported"
        ]
    }

    private static func liveness(_ result: SimulatedRun.Result, _ schedule: Schedule) -> [String] {
        var problems: [String] = []
        if result.outcome.ending != .completed { problems.append("ended as \(result.outcome.ending)") }
        let samples = result.outcome.samples
        let agents = schedule.run.profile.agents
        if samples.session.connected != UInt64(agents) {
            problems.append("\(samples.session.connected) of \(agents) agents ever connected")
        }
        guard schedule.run.profile.churn == nil else { return problems }
        let end = Double(schedule.run.plan.phases.steadyEnd) / 1e9
        let last = result.presence.last { $0.at < end }
        if let last, last.at > end - 1.5, last.connected != agents {
            problems.append("\(last.connected) of \(agents) agents are there at the end")
        }
        return problems
    }
}
