extension ValidityJudge {
    /// Judges what a CPU quota withheld; nil without a quota.
    func throttled() -> Validity.Check? {
        guard let value = self.inputs.throttled else { return nil }
        let limit = self.limits.throttled
        let fit = value <= limit
        return Validity.Check(
            name: "CPU quota", value: value, limit: limit, unit: "ratio", fit: fit,
            explanation: fit
                ? "share of steady that the control group's CPU quota kept this process from running"
                : "The CPU quota of the control group stopped this process for \(Self.percent(value)) % of steady, limit "
                    + "\(Self.percent(limit)) %, so receipts were timed late; raise the quota")
    }

    /// Judges latencies that cannot be.
    func negative() -> Validity.Check {
        let (negative, all) = (self.inputs.negative, self.inputs.latencies)
        let share = all > 0 ? Double(negative) / Double(all) : nil
        return Validity.Check(
            name: "latencies below zero", value: share, limit: 0, unit: "ratio", fit: share.map { $0 <= 0 },
            explanation: negative == 0
                ? "receipts timed before their sends ÷ latencies"
                : "\(negative) of \(all) latencies were below zero, so the clock or the plan is wrong; please report this"
        )
    }

    /// Judges who else was in the rooms; nil when nobody was.
    func foreign() -> Validity.Check? {
        let foreign = self.inputs.foreign
        guard self.inputs.hasForeign, let share = foreign.share(agents: self.inputs.agentsRequested) else { return nil }
        let limit = self.limits.foreignShare
        let fit = foreign.isExpected || share <= limit
        let who = "\(foreign.members) members and \(foreign.messages) messages that are not of this run"
        return Validity.Check(
            name: "foreign members", value: share, limit: foreign.isExpected ? nil : limit, unit: "ratio", fit: fit,
            explanation: fit
                ? "\(who) were in its rooms" + (foreign.isExpected ? ", as the profile expects" : "")
                : "\(who) were in its rooms, \(Self.percent(share)) % of all, limit \(Self.percent(limit)) %, so latencies "
                    + "and amplification are not this load's alone; leave rooms.prefix to the run, or say foreign: expected"
        )
    }

    /// Judges the broker's own count beside ours; nil where it has none.
    func broker() -> Validity.Check? {
        guard let (theirs, ours) = self.inputs.broker else { return nil }
        let difference = (Double(theirs) - Double(ours)).magnitude / Double(max(1, ours))
        // What the ledger misses explains the difference, and is judged as a loss; so do members that are not ours.
        let hasOthers = self.inputs.hasForeign || self.inputs.brokerHasOthers
        let isExcused = self.inputs.hasLosses || hasOthers || self.inputs.backendLost != nil
        let fit: Bool? = isExcused && theirs != ours ? nil : difference <= self.limits.brokerShare
        var text = "PUBLISH packets that the broker says it sent, beside those that the agents received"
        if theirs != ours {
            text =
                "The broker says that it sent \(theirs) messages, and the agents received \(ours): "
                + (self.inputs.hasForeign
                    ? "others were in the rooms"
                    : self.inputs.brokerHasOthers
                        ? "it has other clients"
                        : isExcused
                            ? "messages or connections were lost"
                            : "another client listens there too, or the broker restarted")
        }
        return Validity.Check(
            name: "broker's own count", value: Double(theirs), limit: Double(ours), unit: "count", fit: fit,
            explanation: text)
    }
}
