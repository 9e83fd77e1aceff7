import Measure

extension MadeUpRun {
    var metrics: [String: Double] {
        let failed = Double(self.failures.values.reduce(0, +))
        let total = self.isRouted ? 85_600.0 : 164_050.0
        let overheard = self.isRouted ? 0 : 78_450.0
        var metrics: [String: Double] = [
            "agents.requested": 400, "agents.connected": 400, "agents.disconnected": 0, "agents.refused": 0,
            "rooms.count": 50, "rooms.complete": 50 - min(50, failed),
            "messages.sent": 30_600, "messages.unsent": 0, "messages.late": 12, "bytes.sent": 41_234_567,
            "bytes.delivered": self.isRouted ? 61_000_000 : 201_234_567, "bytes.useful": 60_123_456,
            "bytes.overheard": self.isRouted ? 876_544 : 141_111_111,
            "deliveries.total": total, "deliveries.useful": 85_600, "deliveries.overheard": overheard,
            "deliveries.echo": 0, "deliveries.duplicate": 0, "deliveries.stray": 0, "deliveries.expected": total - 40,
            "deliveries.grey": 40, "deliveries.lost": 0, "deliveries.reordered": 0, "deliveries.corrupted": 0,
            "deliveries.verified": 85_600, "deliveries.foreign": 0,
            "signaling.sent": 21_400, "signaling.deliveries": self.isRouted ? 22_400 : 100_850,
            "signaling.useful": 22_400, "chatter.sent": self.hasChatter ? 9_200 : 0,
            "amplification.messages": self.isRouted ? 1 : 100_850.0 / 22_400, "amplification.predicted": 4.546875,
            "amplification.bytes": 4.61, "amplification.remote": self.isRouted ? 1 : 100_850.0 / 22_400,
            "negotiation.expected": 1400, "negotiation.negotiated": 1400 - failed,
            "negotiation.connectable": 1400 - failed, "negotiation.completion": (1400 - failed) / 1400,
            "negotiation.censored": 0,
            "negotiation.time.p50": 412.3, "negotiation.time.p90": 680.1, "negotiation.time.p99": 911.8,
            "negotiation.time.max": 1204.7, "negotiation.planned.p50": 398.2,
            "generator.cpu": 0.41, "generator.rss": 39_000_000, "generator.loopLag.p99": 3.1,
            "generator.sendLateness.p99": 1.2, "generator.deliveriesPerCpuSecond": 103_000,
            "backend.cpu": 0.36, "backend.rss": 21_000_000, "backend.deliveriesPerCpuSecond": 118_500,
        ]
        metrics["chatter.deliveries"] = total - (metrics["signaling.deliveries"] ?? 0)
        metrics["chatter.useful"] = 63_200
        guard self.hasChatter else { return metrics }
        for (name, factor) in [("latency", 1.0), ("uncorrected", 0.9), ("first", 0.4), ("last", 1.6)] {
            metrics["fanout.\(name).p50"] = 1.84 * factor
            metrics["fanout.\(name).p90"] = 4.31 * factor
            metrics["fanout.\(name).p99"] = 11.92 * factor
            metrics["fanout.\(name).max"] = 38.4 * factor
        }
        metrics["fanout.latency.p999"] = 22.5
        return metrics
    }

    var gates: [GateResult] {
        let completion = self.metrics["negotiation.completion"] ?? 0
        let gates: [(Gate, Double?)] = [
            (
                Gate(
                    metric: "negotiation.completion", op: .greaterOrEqual, limit: 0.999,
                    text: "negotiation.completion >= 99.9%"), completion
            ),
            (
                Gate(metric: "fanout.latency.p99", op: .less, limit: 50, text: "fanout.latency.p99 < 50ms"),
                self.metrics["fanout.latency.p99"]
            ),
            (Gate(metric: "deliveries.lost", op: .equal, limit: 0, text: "deliveries.lost == 0"), 0),
            (
                Gate(
                    metric: "amplification.messages", op: .lessOrEqual, limit: 6.5,
                    text: "amplification.messages <= 6.5"), self.metrics["amplification.messages"]
            ),
        ]
        return gates.map { gate, value in
            guard let value else {
                return GateResult(gate: gate, verdict: .invalid, reason: "the metric has no samples")
            }
            let margin = gate.op == .greaterOrEqual ? value - gate.limit : gate.limit - value
            return GateResult(gate: gate, verdict: gate.holds(for: value) ? .pass : .fail, value: value, margin: margin)
        }
    }

    var validity: Validity {
        Validity(checks: [
            Validity.Check(
                name: "agents connected", value: 400, limit: 400, unit: "count", fit: true,
                explanation: "agents that connected, of those that were asked for"),
            Validity.Check(
                name: "send lateness p99", value: 1.2, limit: 5, unit: "ms", fit: true,
                explanation: "how late the generator handed messages to the socket"),
            Validity.Check(
                name: "event-loop lag p99", value: self.isFit ? 3.1 : 48.7, limit: 20, unit: "ms", fit: self.isFit,
                explanation: self.isFit
                    ? "how late the loops' own 10 ms ticks came"
                    : "the generator's event loops were 48.7 ms late (limit 20 ms): it was saturated; use fewer agents or more cores"
            ),
            Validity.Check(
                name: "busiest loop", value: 0.31, limit: 0.9, unit: "ratio", fit: true,
                explanation: "share of a core that the busiest loop used"),
            Validity.Check(
                name: "steal", value: nil, limit: 0.05, unit: "ratio", fit: true,
                explanation: "processor time that the hypervisor took away"),
        ])
    }
}
