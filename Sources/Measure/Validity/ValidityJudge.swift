/// Decides whether a run measured the backend or the generator.
package struct ValidityJudge: Sendable {
    let inputs: ValidityInputs
    let limits: ValidityLimits

    package init(_ inputs: ValidityInputs, limits: ValidityLimits = ValidityLimits()) {
        self.inputs = inputs
        self.limits = limits
    }

    /// The judgement: every check with its numbers, and one sentence for each that is not fit.
    ///
    /// A lost backend is named among the reasons and makes nothing unfit: missing agents, unsent messages and missing
    /// receipts are then its doing. The generator's own speed is judged all the same.
    package func judge() -> Validity {
        var validity = Validity(
            checks: [
                self.lateness(), self.inputs.isSimulated ? nil : self.loopLag(),
                self.inputs.isSimulated ? nil : self.busiestLoop(), self.agents(), self.unsent(), self.samples(),
                self.throttled(), self.negative(), self.foreign(), self.broker(),
            ].compactMap(\.self))
        if let lost = self.inputs.backendLost { validity.reasons.append("The backend was lost mid-run: \(lost)") }
        return validity
    }

    private func lateness() -> Validity.Check {
        let limit = self.limits.lateness(besideFanout: self.inputs.fanoutP99)
        let tail = self.inputs.sendLateness
        let value = tail.value
        let fit = value.map { $0 <= limit }
        let share = FixedDecimal.short(self.limits.latenessShare * 100)
        let basis =
            self.inputs.fanoutP99.map { p99 in
                "\(share) % of the fan-out p99 of \(FixedDecimal.short(p99)) ms, at least "
                    + "\(FixedDecimal.short(self.limits.latenessFloor)) ms"
            } ?? "there is no fan-out latency to compare it with"
        let explanation =
            fit != false
            ? "\(tail.name) of handed to the socket − due, over \(tail.samples) sends; \(basis)"
            : "Sends were late: \(Self.figure(value, tail)) behind the plan, limit \(FixedDecimal.short(limit)) ms "
                + "(\(basis)), so the generator did not keep the planned pace; use fewer agents, less chatter or more cores"
        return Validity.Check(
            name: "send lateness", value: value, limit: limit, unit: "ms", fit: fit, explanation: explanation)
    }

    private func loopLag() -> Validity.Check {
        let tail = self.inputs.loopLag
        let limit = self.limits.loopLag(besideFanout: self.inputs.fanoutP99)
        let value = tail.value
        let fit = value.map { $0 <= limit } ?? false
        let explanation: String
        if let value {
            explanation =
                fit
                ? "\(tail.name) of how late the event loops ran a 10 ms probe, over \(tail.samples) probes"
                : "The event loops lagged: \(Self.figure(value, tail)) over \(tail.samples) probes, limit "
                    + "\(FixedDecimal.short(limit)) ms, so receipts were timed late; use fewer agents or a less busy machine"
        } else {
            explanation = "The loop lag was never probed because the run was shorter than 10 ms; make its phases longer"
        }
        return Validity.Check(
            name: "loop lag", value: value, limit: limit, unit: "ms", fit: fit, explanation: explanation)
    }

    private func busiestLoop() -> Validity.Check {
        let limit = self.limits.cpu
        let value = self.inputs.busiestLoop
        let fit = value.map { $0 <= limit }
        let explanation =
            fit != false
            ? "share of a core that the busiest event loop used over steady"
            : "The busiest event loop used \(Self.percent(value ?? 0)) % of a core, limit \(Self.percent(limit)) %, so the "
                + "generator was near its own limit; spread the agents over more loops or use fewer"
        return Validity.Check(
            name: "busiest loop", value: value, limit: limit, unit: "ratio", fit: fit, explanation: explanation)
    }

    private func agents() -> Validity.Check {
        let (asked, got) = (self.inputs.agentsRequested, self.inputs.agentsConnected)
        // Who the lost backend took is no finding about the generator.
        let fit: Bool? = got >= asked ? true : self.inputs.backendLost == nil ? false : nil
        return Validity.Check(
            name: "agents", value: Double(got), limit: Double(asked), unit: "count", fit: fit,
            explanation: fit == false
                ? self.missingAgents(asked - got)
                : fit == nil ? "not judged, because the backend was lost" : "agents joined, of those asked for")
    }

    /// Names the side that ran out.
    private func missingAgents(_ missing: Int) -> String {
        let (asked, got) = (self.inputs.agentsRequested, self.inputs.agentsConnected)
        let local = min(missing, self.inputs.agentsRefusedLocally)
        let remote = missing - local
        let start = "Only \(got) of \(asked) agents joined: "
        let ours =
            "the generator ran out of file descriptors, ports or memory for \(local); raise 'ulimit -n' or the port range, "
            + "as 'signalbench doctor' says"
        let theirs =
            "the backend refused or did not answer \(remote); the causes say why"
        if remote == 0 { return start + ours }
        return local == 0 ? start + theirs : start + ours + ", and " + theirs
    }

    private func unsent() -> Validity.Check {
        let (sent, unsent) = (self.inputs.messagesSent, self.inputs.messagesUnsent)
        let share = sent + unsent > 0 ? Double(unsent) / Double(sent + unsent) : nil
        let isExcused = self.inputs.backendLost != nil
        let fit = isExcused ? nil : share.map { $0 <= self.limits.unsentShare }
        var explanation = "messages never sent although their agents were connected ÷ messages due"
        if fit == false {
            explanation =
                "\(unsent) of \(sent + unsent) messages were never sent although their agents were connected, so the "
                + "load was not the planned one: "
                + (self.inputs.hasLostConnections
                    ? "they waited in connections that were lost; the causes say why"
                    : "the backend takes less than the plan offers; where no cause says why, lower the rate or the number "
                        + "of agents")
        } else if isExcused {
            explanation = "not judged, because the backend was lost"
        }
        return Validity.Check(
            name: "unsent messages", value: share, limit: self.limits.unsentShare, unit: "ratio", fit: fit,
            explanation: explanation)
    }

    private func samples() -> Validity.Check {
        let expected = self.inputs.deliveriesExpected
        let isOwed = self.inputs.plansDeliveries && self.inputs.backendLost == nil
        let fit: Bool? = expected > 0 ? true : isOwed ? false : nil
        return Validity.Check(
            name: "samples", value: Double(expected), limit: 1, unit: "count", fit: fit,
            explanation: fit != false
                ? "deliveries that were required, at least one where the plan has any"
                : "Nothing was measured because no delivery was ever required; use rooms of two or more that call or chatter, "
                    + "and phases long enough for it")
    }

    static func figure(_ value: Double?, _ tail: ValidityInputs.Tail) -> String {
        "\(tail.name) \(FixedDecimal.short(value ?? 0)) ms"
    }

    static func percent(_ share: Double) -> String { FixedDecimal.short(share * 100) }
}
