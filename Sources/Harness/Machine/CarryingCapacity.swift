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
    /// Deliveries a second that a core carries when every delivery is its own read (measured: 80–100 k, shared with
    /// the backend: half).
    package static let deliveriesPerCore = 40_000

    /// Weighs a machine.
    ///
    /// - Parameters:
    ///   - facts: what the operating system allows.
    ///   - sharesMachine: whether the backend runs on this machine, too.
    ///   - isEmbedded: whether the backend is a child of ours and so inherits our limits.
    package init(facts: MachineFacts, sharesMachine: Bool, isEmbedded: Bool) {
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
        let perAgent = sharesMachine ? Self.bytesPerAgent : Self.bytesPerAgent / 2
        limits.append(
            Limit(
                side: .machine, resource: "memory", agents: Int(clamping: facts.memoryAvailable / perAgent),
                because: "\(facts.memoryAvailable >> 20) MiB available, \(perAgent >> 10) KiB an agent",
                raise: "stop other programs, or use a larger machine", isCertain: false))
        self.limits = limits.enumerated().sorted { ($0.element.agents, $0.offset) < ($1.element.agents, $1.offset) }
            .map(\.element)
    }

    /// The limit that runs out first.
    package var first: Limit? {
        self.limits.first
    }

    /// Deliveries a second that the machine can be expected to carry.
    ///
    /// - Parameter cores: the cores of the machine.
    /// - Returns: a rough figure, for the generator and the backend together.
    package static func deliveries(cores: Int) -> Int {
        cores * Self.deliveriesPerCore
    }
}
