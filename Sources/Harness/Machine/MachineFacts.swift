import Foundation

/// What this machine and this process are allowed to use, as read from the operating system.
package struct MachineFacts: Codable, Equatable, Sendable {
    /// File descriptors that a process may open now, and the most it may raise that to (RLIMIT_NOFILE).
    package var descriptorsSoft: UInt64
    package var descriptorsHard: UInt64
    /// Local ports for outgoing connections, both ends included (`net.ipv4.ip_local_port_range`).
    package var firstPort: Int
    package var lastPort: Int
    /// Cores that this process may run on.
    package var cores: Int
    /// Memory in bytes, and what of it is free for new processes.
    package var memory: UInt64
    package var memoryAvailable: UInt64
    /// The longest queue of connections that a listener has not accepted yet (`net.core.somaxconn`).
    package var acceptQueue: Int
    /// The kernel's release.
    package var kernel: String

    package init(
        descriptorsSoft: UInt64, descriptorsHard: UInt64, firstPort: Int, lastPort: Int, cores: Int, memory: UInt64,
        memoryAvailable: UInt64, acceptQueue: Int, kernel: String
    ) {
        self.descriptorsSoft = descriptorsSoft
        self.descriptorsHard = descriptorsHard
        self.firstPort = firstPort
        self.lastPort = lastPort
        self.cores = cores
        self.memory = memory
        self.memoryAvailable = memoryAvailable
        self.acceptQueue = acceptQueue
        self.kernel = kernel
    }

    /// Local ports of one address towards one backend address and port.
    package var ports: Int {
        max(0, self.lastPort - self.firstPort + 1)
    }

    /// Reads them; what cannot be read takes the kernel's default.
    package static func read() -> MachineFacts {
        let descriptors = DescriptorLimit.current()
        let range = Self.numbers(in: "/proc/sys/net/ipv4/ip_local_port_range")
        let memory = Self.memoryInformation(ProcFile.text(of: "/proc/meminfo") ?? "")
        return MachineFacts(
            descriptorsSoft: descriptors.soft, descriptorsHard: descriptors.hard,
            firstPort: range.count == 2 ? range[0] : 32768, lastPort: range.count == 2 ? range[1] : 60999,
            cores: Self.usableCores(), memory: memory.total, memoryAvailable: memory.available,
            acceptQueue: Self.numbers(in: "/proc/sys/net/core/somaxconn").first ?? 4096,
            kernel: (ProcFile.text(of: "/proc/sys/kernel/osrelease") ?? "unknown")
                .trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// `MemTotal` and `MemAvailable` of `/proc/meminfo`, in bytes.
    package static func memoryInformation(_ text: String) -> (total: UInt64, available: UInt64) {
        var found: [Substring: UInt64] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count >= 2, let kibibytes = UInt64(fields[1]) { found[fields[0]] = kibibytes * 1024 }
        }
        return (found["MemTotal:"] ?? 0, found["MemAvailable:"] ?? 0)
    }

    private static func usableCores() -> Int {
        ProcessInfo.processInfo.activeProcessorCount
    }

    private static func numbers(in path: String) -> [Int] {
        (ProcFile.text(of: path) ?? "").split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    }
}
