import Foundation
import Measure

/// How many agents a machine can carry, by each thing that can run out, and whose thing that is.
package struct CarryingCapacity: Codable, Equatable, Sendable {
    /// Who runs out.
    package enum Side: String, Codable, Sendable {
        case generator, backend, machine
    }

    /// One thing that can run out.
    package struct Limit: Codable, Equatable, Sendable {
        package var side: Side
        /// What it is, as a noun phrase.
        package var resource: String
        /// The agents it carries.
        package var agents: Int
        /// Where the number comes from.
        package var because: String
        /// How to raise it.
        package var raise: String
        /// Whether more agents than this are certain to be refused; otherwise it is an estimate.
        package var isCertain: Bool
    }

    /// All limits, the tightest first.
    package var limits: [Limit]

    /// Descriptors that the driver needs beside its agents: standard streams, loops, `/proc`, the report.
    package static let generatorReserve = 64
    /// Descriptors that an embedded backend needs beside its members.
    package static let backendReserve = 32
    /// Memory that an agent costs on both sides together, socket buffers of the kernel included, in bytes.
    package static let bytesPerAgent: UInt64 = 64 << 10
    /// The same for the two windows of an agent's compression: 256 KiB to deflate and 44 KiB to inflate (zconf.h).
    package static let bytesPerCompression: UInt64 = 300 << 10
    /// Deliveries a second that a core carries when every delivery is its own read (measured: 80–100 k, shared with
    /// the backend: half).
    package static let deliveriesPerCore = 40_000

    /// Weighs a machine.
    ///
    /// - Parameters:
    ///   - facts: what the operating system allows.
    ///   - sharesMachine: whether the backend runs on this machine, too.
    ///   - isEmbedded: whether the backend is a child of ours and so inherits our limits.
    ///   - compresses: whether agents agree on permessage-deflate.
    package init(facts: MachineFacts, sharesMachine: Bool, isEmbedded: Bool, compresses: Bool = false) {
        let descriptors = Int(clamping: facts.descriptorsHard)
        let raise = "ulimit -n 65536 in the shell that starts it (as root, or after raising nofile in limits.conf)"
        var limits = [
            Limit(
                side: .generator, resource: "file descriptors",
                agents: max(0, descriptors - Self.generatorReserve),
                because: "ulimit -n \(descriptors), one descriptor an agent, \(Self.generatorReserve) kept back",
                raise: raise, isCertain: true),
            Limit(
                side: .generator, resource: "local ports to one address and port", agents: facts.ports,
                because: "net.ipv4.ip_local_port_range \(facts.firstPort) \(facts.lastPort)",
                raise: "sysctl -w net.ipv4.ip_local_port_range='1024 65535'", isCertain: true),
        ]
        if isEmbedded {
            limits.append(
                Limit(
                    side: .backend, resource: "file descriptors",
                    agents: max(0, descriptors - Self.backendReserve),
                    because: "an embedded backend inherits ulimit -n \(descriptors)", raise: raise, isCertain: true))
        }
        let perAgent =
            (sharesMachine ? Self.bytesPerAgent : Self.bytesPerAgent / 2)
            + (compresses ? Self.bytesPerCompression : 0)
        let isLimited = facts.usableMemory < facts.memoryAvailable
        let left = isLimited ? "left of the control group's \((facts.memoryLimit ?? 0) >> 20) MiB" : "available"
        limits.append(
            Limit(
                side: .machine, resource: "memory", agents: Int(clamping: facts.usableMemory / perAgent),
                because: "\(facts.usableMemory >> 20) MiB \(left), \(perAgent >> 10) KiB an agent",
                raise: isLimited
                    ? "raise the memory limit of the container, or of the unit that starts it"
                    : "stop other programs, or use a larger machine", isCertain: false))
        self.limits = limits.enumerated().sorted { ($0.element.agents, $0.offset) < ($1.element.agents, $1.offset) }
            .map(\.element)
    }

    /// The limit that runs out first.
    package var first: Limit? {
        self.limits.first
    }

    /// Deliveries a second that the machine can be expected to carry.
    ///
    /// - Parameter cores: the cores of the machine, or what a quota leaves of them.
    /// - Returns: a rough figure, for the generator and the backend together.
    package static func deliveries(cores: Double) -> Int {
        Int(cores * Double(Self.deliveriesPerCore))
    }
}

/// Whether a plan fits the machine, found out before the run instead of during it.
package enum Preflight {
    /// What a run may expect.
    package enum Finding: Equatable, Sendable {
        /// It may run; the sentence belongs on standard error.
        case warning(String)
        /// It cannot reach the agents that were asked for; the run would prove nothing.
        case refusal(message: String, cure: String)
    }

    /// Compares a number of agents with what the machine carries.
    ///
    /// - Parameters:
    ///   - agents: the most agents that are connected at one time.
    ///   - capacity: what the machine carries.
    /// - Returns: the findings, refusals first; empty when everything fits.
    package static func check(agents: Int, capacity: CarryingCapacity) -> [Finding] {
        let short = capacity.limits.filter { $0.agents < agents }
        let refusals = short.filter(\.isCertain).map { limit in
            Finding.refusal(
                message: "\(agents) agents asked, but the \(limit.side.rawValue)'s \(limit.resource) carry "
                    + "\(limit.agents) (\(limit.because))",
                // No agents at all is what the flag refuses.
                cure: limit.raise + (limit.agents > 0 ? "; or --agents \(limit.agents)" : ""))
        }
        let warnings = short.filter { !$0.isCertain }.map { limit in
            Finding.warning(
                "\(agents) agents may not fit the \(limit.side.rawValue)'s \(limit.resource): about \(limit.agents) "
                    + "do (\(limit.because))")
        }
        return refusals + warnings
    }
}

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
        self.deliveriesPerSecond = CarryingCapacity.deliveries(cores: facts.allowedCores)
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
        if let quota = facts.cpuQuota, quota < Double(facts.cores) {
            remarks.append(
                "the CPU quota of the control group allows \(FixedDecimal.text(quota, decimals: 2)) of \(facts.cores) cores; "
                    + "whoever uses it up is stopped for the rest of a period (validity.throttled)")
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
