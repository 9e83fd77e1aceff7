import Foundation

/// What this machine can carry, what runs out first, and how to raise it.
package struct DoctorReport: Codable, Equatable, Sendable {
    package var machine: MachineFacts
    /// Agents that an embedded or launched backend on this machine can be tested with.
    package var agents: Int
    /// What can run out, the tightest first.
    package var limits: [CarryingCapacity.Limit]
    /// Deliveries a second to expect with the backend on the same machine.
    package var deliveriesPerSecond: Int
    /// Circumstances that make figures worse than they need be.
    package var remarks: [String]

    /// Examines a machine.
    ///
    /// - Parameter facts: what the operating system allows.
    package init(facts: MachineFacts) {
        let capacity = CarryingCapacity(facts: facts, sharesMachine: true, isEmbedded: true)
        self.machine = facts
        self.limits = capacity.limits
        self.agents = capacity.first?.agents ?? 0
        self.deliveriesPerSecond = CarryingCapacity.deliveries(cores: facts.cores)
        self.remarks = Self.remarks(on: facts)
    }

    /// The report for people.
    package var text: String {
        var lines = [
            "This machine carries about \(ProgressFigures.grouped(self.agents)) agents against a backend of its own,",
            "and about \(ProgressFigures.grouped(self.deliveriesPerSecond)) deliveries a second "
                + "(\(self.machine.cores) cores, shared with the backend).",
        ]
        if let first = self.limits.first {
            lines += [
                "", "First to run out: the \(first.side.rawValue)'s \(first.resource).", "  raise it: \(first.raise)",
            ]
        }
        lines += ["", "agents      side       what                                    because"]
        for limit in self.limits {
            lines.append(
                Self.padded(ProgressFigures.grouped(limit.agents), 12) + Self.padded(limit.side.rawValue, 11)
                    + Self.padded(limit.resource, 40) + limit.because)
        }
        lines += [
            "",
            "Several loopback addresses (127.0.0.1, 127.0.0.2, …) each bring \(self.machine.ports) ports of their own.",
            "A burst of more than \(self.machine.acceptQueue) connections at once overflows the listener's queue "
                + "(net.core.somaxconn).",
        ]
        if !self.remarks.isEmpty { lines += [""] + self.remarks.map { "note: \($0)" } }
        return lines.joined(separator: "\n")
    }

    private static func remarks(on facts: MachineFacts) -> [String] {
        var remarks: [String] = []
        if facts.descriptorsSoft < facts.descriptorsHard {
            remarks.append(
                "ulimit -n is \(facts.descriptorsSoft); a run raises it to the hard limit \(facts.descriptorsHard)")
        }
        if facts.cores < 4 {
            remarks.append(
                "generator and backend share \(facts.cores) core\(facts.cores == 1 ? "" : "s"): latencies include the "
                    + "wait for each other")
        }
        return remarks
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
