/// A process and everything that it started, as one consumer of CPU and memory.
package struct ProcessTree: Sendable {
    /// CPU time so far and memory now of a whole tree.
    package struct Usage: Equatable, Sendable {
        /// CPU seconds since the processes started, children that have ended included.
        package var cpuSeconds: Double
        /// Resident memory in bytes, shared pages counted once for each process.
        package var residentBytes: UInt64
        package var processes: Int
        package var threads: Int
    }

    package let root: Int32
    private let rootFile: ProcFile?

    package init(root: Int32) {
        self.root = root
        self.rootFile = ProcFile("/proc/\(root)/stat")
    }

    /// Whether the root still runs.
    package var isAlive: Bool {
        self.rootStat().map { !$0.hasEnded } ?? false
    }

    /// What the tree has used so far.
    ///
    /// - Returns: `nil` once the root has ended.
    package func usage() -> Usage? {
        guard let root = self.rootStat(), !root.hasEnded else { return nil }
        var usage = Usage(cpuSeconds: 0, residentBytes: 0, processes: 0, threads: 0)
        Self.add(root, to: &usage)
        for pid in self.descendants() {
            if let stat = ProcessStat(pid: pid) { Self.add(stat, to: &usage) }
        }
        return usage
    }

    /// Every process below the root, nearest first.
    package func descendants() -> [Int32] {
        var found: [Int32] = []
        var queue = [self.root]
        while !queue.isEmpty, found.count < 4096 {
            let children = Self.children(of: queue.removeFirst())
            found += children
            queue += children
        }
        return found
    }

    /// The children of a process, by the kernel's own list of each of its threads.
    private static func children(of pid: Int32) -> [Int32] {
        DirectoryListing.names(in: "/proc/\(pid)/task").flatMap { thread -> [Int32] in
            let text = ProcFile.text(of: "/proc/\(pid)/task/\(thread)/children") ?? ""
            return text.split(separator: " ").compactMap { Int32($0) }
        }
    }

    private func rootStat() -> ProcessStat? {
        self.rootFile?.text().flatMap(ProcessStat.init(line:))
    }

    private static func add(_ stat: ProcessStat, to usage: inout Usage) {
        usage.cpuSeconds += Double(stat.ticks + stat.childTicks) / ProcessStat.ticksPerSecond
        usage.residentBytes += stat.residentPages * ProcessStat.pageSize
        usage.processes += 1
        usage.threads += stat.threads
    }
}
