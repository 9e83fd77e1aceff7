import TestKit
import Testing

/// What runs against brokers have in common.
enum BrokerRun {
    /// Two hundred agents in rooms of five, over in about ten seconds.
    static let profile = """
        name: brokers
        agents: 200
        rooms: {size: 5}
        arrival: {pattern: constant, rate: 200/s}
        calls: {when: present, gap: 800ms}
        signaling: {pacing: none, candidates: 2, timeout: 2s}
        chatter: {rate: 1/s, bytes: 50}
        phases: {warmup: 500ms, steady: 2s, drain: 8s}
        leave: bye
        validity: {lateness: 100%, loopLag: 5s, cpu: 100%}

        """

    /// Holds a report to a mesh that completed, nothing lost, and every count as the formulas have it.
    static func check(_ report: SmallRun.Report, pairs: Double) throws {
        report.checkIdentities()
        #expect(report.metric("negotiation.expected") == pairs)
        #expect(report.metric("negotiation.connectable") == pairs)
        for fault in ["lost", "duplicate", "stray", "reordered", "corrupted", "grey"] {
            #expect(report.metric("deliveries.\(fault)") == 0, "\(fault)")
        }
        let prediction = try #require(report.json["prediction"] as? [String: Any])
        #expect(report.metric("signaling.deliveries") == prediction["deliveries"] as? Double)
        #expect(report.metric("signaling.useful") == prediction["useful"] as? Double)
        #expect(report.metric("signaling.sent") == prediction["messages"] as? Double)
    }
}
