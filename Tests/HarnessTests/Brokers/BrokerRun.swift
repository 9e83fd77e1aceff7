import TestKit
import Testing

/// What runs whose counts are predicted have in common.
enum BrokerRun {
    /// Agents in rooms of three, over in about eight seconds.
    ///
    /// The counts are predicted for calls one after another, so the mesh of each has to settle before the next. Small
    /// rooms and seconds between two calls leave a slow machine many times the time that a quick one takes for it.
    ///
    /// - Parameters:
    ///   - agents: a multiple of the size.
    ///   - size: of a room.
    /// - Returns: the text of the profile.
    static func profile(agents: Int = 36, size: Int = 3) -> String {
        """
        name: rooms
        agents: \(agents)
        rooms: {size: \(size)}
        arrival: {pattern: constant, rate: 200/s}
        calls: {when: present, gap: 1500ms}
        signaling: {pacing: none, candidates: 2, timeout: 3s}
        chatter: {rate: 1/s, bytes: 50}
        phases: {warmup: 500ms, steady: 3s, drain: 30s}
        leave: bye
        validity: {lateness: 100%, loopLag: 5s, cpu: 100%, throttled: 100%}

        """
    }

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
