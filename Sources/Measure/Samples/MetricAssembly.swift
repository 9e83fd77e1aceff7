/// Turns a run's samples into the flat map of metrics of the report.
///
/// Times are milliseconds, ratios 0…1, sizes bytes. A metric without samples is absent, never 0; percentiles are absent
/// below their sample counts, and a quantile among undelivered messages is written as the drain deadline with
/// `<metric>.censored` beside it.
package struct MetricAssembly: Sendable {
    private let samples: LoopSamples
    private let facts: RunFacts
    /// Longest time that an undelivered message was waited for, in milliseconds: what a censored quantile is written as.
    private let deadline: Double

    /// - Parameters:
    ///   - samples: of all loops, merged.
    ///   - facts: the plan's numbers and the processes' use.
    ///   - drainMilliseconds: the profile's drain.
    package init(samples: LoopSamples, facts: RunFacts, drainMilliseconds: Double) {
        self.samples = samples
        self.facts = facts
        self.deadline = drainMilliseconds
    }

    /// Every metric that has samples, by path.
    package func metrics() -> [String: Double] {
        var all: [String: Double] = [:]
        self.agents(into: &all)
        self.traffic(into: &all)
        self.amplification(into: &all)
        self.negotiation(into: &all)
        for probe in Probe.allCases { self.quantiles(probe, into: &all) }
        self.processes(into: &all)
        return all
    }

    private func agents(into all: inout [String: Double]) {
        let session = self.samples.session
        all["agents.requested"] = Double(self.facts.agents)
        all["agents.connected"] = Double(session.connected)
        all["agents.disconnected"] = Double(session.disconnected)
        all["agents.refused"] = Double(session.refused)
        all["agents.unconfirmed"] = Double(session.unconfirmed)
        all["agents.reconnects"] = Double(session.reconnects)
        all["rooms.count"] = Double(self.facts.rooms)
        all["rooms.complete"] = Double(self.samples.roomsComplete)
        if let last = self.samples.roomsCompleteAt.max() { all["rooms.completeAt.max"] = last * 1000 }
        all["backend.errors"] = Double(session.backendErrors)
        if session.foreignMembers > 0 { all["foreign.members"] = Double(session.foreignMembers) }
        guard session.sessionsPlanned > 0 else { return }
        all["sessions.planned"] = Double(session.sessionsPlanned)
        all["sessions.joined"] = Double(session.sessionsJoined)
        all["sessions.refused"] = Double(session.sessionsRefused)
        all["sessions.unconfirmed"] = Double(session.sessionsUnconfirmed)
        all["sessions.unheard"] = Double(session.sessionsUnheard)
        all["sessions.superseded"] = Double(session.sessionsSuperseded)
        all["sessions.lost"] = Double(session.sessionsLost)
        all["sessions.excused"] = Double(session.sessionsExcused)
    }

    private func traffic(into all: inout [String: Double]) {
        let traffic = self.samples.traffic
        let session = self.samples.session
        let ledger = self.samples.ledger
        all["messages.sent"] = Double(traffic.sent)
        all["messages.unsent"] = Double(session.unsent)
        for reason in UnsentReason.allCases {
            all["messages.unsent.\(reason.rawValue)"] = Double(session.unsent(reason))
        }
        all["messages.late"] = Double(session.late)
        all["bytes.sent"] = Double(traffic.sentBytes)
        all["bytes.delivered"] = Double(traffic.deliveredBytes)
        all["bytes.useful"] = Double(traffic.usefulBytes)
        all["bytes.overheard"] = Double(traffic.overheardBytes)
        all["bytes.echo"] = Double(traffic.echoBytes)
        all["deliveries.total"] = Double(traffic.deliveries)
        all["deliveries.useful"] = Double(traffic.useful)
        all["deliveries.overheard"] = Double(traffic.overheard)
        all["deliveries.echo"] = Double(traffic.echo)
        all["deliveries.duplicate"] = Double(traffic.duplicate)
        all["deliveries.stray"] = Double(traffic.misrouted)
        all["deliveries.control"] = Double(session.control)
        all["deliveries.foreign"] = Double(session.foreign)
        all["deliveries.expected"] = Double(ledger.expected)
        all["deliveries.grey"] = Double(ledger.optional)
        all["deliveries.delivered"] = Double(ledger.delivered)
        all["deliveries.overdue"] = Double(ledger.overdue)
        all["deliveries.excused"] = Double(ledger.excused)
        all["deliveries.unsent"] = Double(ledger.unsent)
        all["deliveries.censored"] = Double(ledger.censored)
        all["deliveries.verified"] = Double(session.verified)
        // "Nothing was lost" is a finding only where something was owed.
        if ledger.expected > 0 { all["deliveries.lost"] = Double(ledger.lost) }
        if traffic.deliveries > 0 { all["deliveries.reordered"] = Double(ledger.reordered) }
        if session.verified > 0 { all["deliveries.corrupted"] = Double(session.corrupted) }
        for (name, group) in [("signaling", self.samples.signaling), ("chatter", self.samples.chatter)] {
            all["\(name).sent"] = Double(group.sent)
            all["\(name).deliveries"] = Double(group.deliveries)
            all["\(name).useful"] = Double(group.useful)
            all["\(name).overheard"] = Double(group.overheard)
            all["\(name).echo"] = Double(group.echo)
            all["\(name).duplicate"] = Double(group.duplicate)
            all["\(name).stray"] = Double(group.misrouted)
        }
    }

    private func amplification(into all: inout [String: Double]) {
        let signaling = self.samples.signaling
        let foreign = self.samples.toForeign
        if signaling.useful > 0 {
            let deliveries = Double(signaling.deliveries - foreign.deliveries)
            let useful = Double(signaling.useful)
            let bytes = Double(signaling.deliveredBytes - foreign.deliveredBytes)
            all["amplification.messages"] = deliveries / useful
            all["amplification.bytes"] = bytes / Double(signaling.usefulBytes)
            all["amplification.remote"] = (deliveries - Double(signaling.echo - foreign.echo)) / useful
        }
        let session = self.samples.session
        if session.wireSent + session.wireReceived > 0 {
            all["wire.bytes.sent"] = Double(session.wireSent)
            all["wire.bytes.received"] = Double(session.wireReceived)
            all["wire.messages.received"] = Double(session.wireMessagesReceived)
            let useful = self.samples.traffic.usefulBytes
            if useful > 0 { all["amplification.wire"] = Double(session.wireReceived) / Double(useful) }
        }
        if let predicted = self.facts.predictedAmplification, session.foreignMembers == 0 {
            all["amplification.predicted"] = predicted
        }
    }

    private func negotiation(into all: inout [String: Double]) {
        let expected = self.samples.pairs.filter { !$0.progress.isCensored }
        all["negotiation.expected"] = Double(expected.count)
        all["negotiation.censored"] = Double(self.samples.pairs.count - expected.count)
        let connectable = expected.count { $0.progress.connectableAt != nil }
        all["negotiation.negotiated"] = Double(expected.count { $0.progress.negotiatedAt != nil })
        all["negotiation.connectable"] = Double(connectable)
        if !expected.isEmpty { all["negotiation.completion"] = Double(connectable) / Double(expected.count) }
        for reason in FailureReason.allCases {
            all["negotiation.failed.\(reason.rawValue)"] = Double(expected.count { $0.progress.failure == reason })
        }
        let session = self.samples.session
        if session.foreignPairs > 0 {
            all["negotiation.foreign.expected"] = Double(session.foreignPairs)
            all["negotiation.foreign.negotiated"] = Double(session.foreignNegotiated)
        }
    }

    private func quantiles(_ probe: Probe, into all: inout [String: Double]) {
        let histogram = self.samples[probe]
        guard histogram.total > 0 else { return }
        let path = probe.path
        let longest = max(
            self.deadline, Double(histogram.max ?? 0) / 1e6, Double(histogram.censoredAge) / 1e6)
        all["\(path).samples"] = Double(histogram.count)
        // Of what never arrived there is no mean, and one of the others alone would be too good.
        if histogram.total == histogram.count, let mean = histogram.mean { all["\(path).mean"] = mean / 1e6 }
        // What never arrived, and what took more than an hour.
        let censored = Double(histogram.total - histogram.count)
        if censored > 0 {
            all["\(path).censored"] = censored
            all["\(path).max"] = longest
            all["\(path).max.censored"] = censored
        } else if let max = histogram.max {
            all["\(path).max"] = Double(max) / 1e6
        }
        for (name, q) in [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999)] {
            guard let quantile = histogram.quantile(q) else { continue }
            if let milliseconds = quantile.milliseconds {
                all["\(path).\(name)"] = milliseconds
            } else {
                all["\(path).\(name)"] = longest
                all["\(path).\(name).censored"] = censored
            }
        }
    }

    private func processes(into all: inout [String: Double]) {
        let deliveries = Double(self.samples.traffic.deliveries)
        all["generator.cpu"] = self.facts.generatorCPU
        all["generator.rss"] = self.facts.generatorRSS
        all["generator.busiestLoop"] = self.samples.busiestLoop > 0 ? self.samples.busiestLoop : nil
        if let seconds = self.facts.generatorSeconds, seconds > 0, deliveries > 0 {
            all["generator.deliveriesPerCpuSecond"] = deliveries / seconds
        }
        all["backend.cpu"] = self.facts.backendCPU
        all["backend.rss"] = self.facts.backendRSS
        all["backend.throttled.time"] = self.facts.backendThrottled.map { $0 * 1000 }
        if let seconds = self.facts.backendSeconds, seconds > 0, deliveries > 0 {
            all["backend.deliveriesPerCpuSecond"] = deliveries / seconds
        }
    }
}
