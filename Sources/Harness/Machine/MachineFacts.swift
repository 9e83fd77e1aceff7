import Foundation
import Glibc
package import Signaling

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
    /// What the control group of this process limits its memory to, and what is left of that; nil without a limit.
    package var memoryLimit: UInt64?
    package var memoryLeft: UInt64?
    /// Processor time that the control group allows, in cores; nil without a quota.
    package var cpuQuota: Double?
    /// The longest queue of connections that a listener has not accepted yet (`net.core.somaxconn`).
    package var acceptQueue: Int
    /// The kernel's release.
    package var kernel: String

    package init(
        descriptorsSoft: UInt64, descriptorsHard: UInt64, firstPort: Int, lastPort: Int, cores: Int, memory: UInt64,
        memoryAvailable: UInt64, memoryLimit: UInt64? = nil, memoryLeft: UInt64? = nil, cpuQuota: Double? = nil,
        acceptQueue: Int, kernel: String
    ) {
        self.descriptorsSoft = descriptorsSoft
        self.descriptorsHard = descriptorsHard
        self.firstPort = firstPort
        self.lastPort = lastPort
        self.cores = cores
        self.memory = memory
        self.memoryAvailable = memoryAvailable
        self.memoryLimit = memoryLimit
        self.memoryLeft = memoryLeft
        self.cpuQuota = cpuQuota
        self.acceptQueue = acceptQueue
        self.kernel = kernel
    }

    /// The name of this host.
    package static var host: String {
        (ProcFile.text(of: "/proc/sys/kernel/hostname") ?? "unknown").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Local ports of one address towards one backend address and port.
    package var ports: Int {
        max(0, self.lastPort - self.firstPort + 1)
    }

    /// Memory that new processes can take, whoever limits it.
    package var usableMemory: UInt64 { min(self.memoryAvailable, self.memoryLeft ?? .max) }

    /// Cores' worth of processor time that a quota leaves.
    package var allowedCores: Double { min(Double(self.cores), self.cpuQuota ?? .infinity) }

    /// Reads them; what cannot be read takes the kernel's default.
    package static func read() -> MachineFacts {
        let descriptors = DescriptorLimit.current()
        let range = Self.numbers(in: "/proc/sys/net/ipv4/ip_local_port_range")
        let memory = Self.memoryInformation(ProcFile.text(of: "/proc/meminfo") ?? "")
        let group = ControlGroup.read()
        return MachineFacts(
            descriptorsSoft: descriptors.soft, descriptorsHard: descriptors.hard,
            firstPort: range.count == 2 ? range[0] : 32768, lastPort: range.count == 2 ? range[1] : 60999,
            cores: Self.usableCores(), memory: memory.total,
            memoryAvailable: memory.available, memoryLimit: group.memoryLimit, memoryLeft: group.memoryLeft,
            cpuQuota: group.cpuQuota,
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

    static func usableCores() -> Int {
        ProcessInfo.processInfo.activeProcessorCount
    }

    private static func numbers(in path: String) -> [Int] {
        (ProcFile.text(of: path) ?? "").split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    }
}

/// How many file descriptors this process may open (RLIMIT_NOFILE, getrlimit(2)).
package enum DescriptorLimit {
    /// The limit that holds now and the most it may be raised to.
    package static func current() -> (soft: UInt64, hard: UInt64) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return (1024, 1024) }
        return (UInt64(limit.rlim_cur), UInt64(limit.rlim_max))
    }

    /// Raises the soft limit to the hard one; children inherit it.
    ///
    /// - Returns: the limit that holds afterwards.
    @discardableResult
    package static func raise() -> UInt64 {
        let (soft, hard) = Self.current()
        guard soft < hard else { return soft }
        var limit = rlimit(rlim_cur: rlim_t(hard), rlim_max: rlim_t(hard))
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return soft }
        return hard
    }
}

/// The names in a directory, without the attributes that `/proc` is slow to give.
package enum DirectoryListing {
    /// The names in a directory except `.` and `..`, unsorted.
    ///
    /// - Parameter path: a directory.
    /// - Returns: an empty array when it cannot be read.
    package static func names(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

/// A file of `/proc` that is opened once and read again and again.
///
/// Keeping the descriptor lets a sampler go on when the process has no descriptor left to open anything with, which
/// is exactly when its figures matter.
package final class ProcFile: Sendable {
    private let descriptor: Int32

    /// Opens a file; `nil` when that is not possible.
    ///
    /// - Parameter path: a file under `/proc` or `/sys`.
    package init?(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
    }

    deinit {
        close(self.descriptor)
    }

    /// The present text of the file.
    ///
    /// - Returns: `nil` when it cannot be read any more (the process is gone).
    package func text() -> String? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = chunk.withUnsafeMutableBytes { buffer in
                pread(self.descriptor, buffer.baseAddress, buffer.count, off_t(bytes.count))
            }
            guard count >= 0 else { return nil }
            bytes.append(contentsOf: chunk[0..<count])
            if count == 0 || count < chunk.count { return String(decoding: bytes, as: UTF8.self) }
        }
    }

    /// The text of a file that is read once.
    package static func text(of path: String) -> String? {
        ProcFile(path)?.text()
    }
}

/// The driver's clock as everybody below sees it: `CLOCK_MONOTONIC`.
package enum MonotonicClock {
    /// The present instant.
    package static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
