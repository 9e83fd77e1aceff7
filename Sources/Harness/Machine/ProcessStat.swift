import Glibc

/// What `/proc/<pid>/stat` says about a process (proc(5)).
package struct ProcessStat: Equatable, Sendable {
    package var pid: Int32
    /// The name of the executable, at most 15 bytes.
    package var name: String
    /// One letter: running, sleeping, disk sleep, zombie (ended and not yet reaped), T for stopped.
    package var state: Character
    package var parent: Int32
    /// CPU time of its own, user and system, in clock ticks.
    package var ticks: UInt64
    /// CPU time of its children that ended and were waited for, in clock ticks.
    package var childTicks: UInt64
    package var threads: Int
    /// Resident memory in pages.
    package var residentPages: UInt64
    /// When it started, in clock ticks since the machine did: with the number, what no other process has.
    package var startTicks: UInt64

    /// Reads one line of `stat`; `nil` when the text is none.
    ///
    /// The name stands in parentheses and may itself hold spaces and parentheses, so the fields are counted from the
    /// last closing one.
    ///
    /// - Parameter line: the whole text of the file.
    package init?(line: String) {
        guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")"), open < close,
            let pid = Int32(line[..<open].trimmingSpaces())
        else { return nil }
        let fields = line[line.index(after: close)...].split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard fields.count >= 22, let state = fields[0].first, let parent = Int32(fields[1]),
            let user = UInt64(fields[11]), let system = UInt64(fields[12]),
            let childUser = Int64(fields[13]), let childSystem = Int64(fields[14]),
            let threads = Int(fields[17]), let start = UInt64(fields[19]), let resident = Int64(fields[21])
        else { return nil }
        self.pid = pid
        self.name = String(line[line.index(after: open)..<close])
        self.state = state
        self.parent = parent
        self.ticks = user + system
        self.childTicks = UInt64(max(0, childUser) + max(0, childSystem))
        self.threads = threads
        self.residentPages = UInt64(max(0, resident))
        self.startTicks = start
    }

    /// Reads the stat line of a process; `nil` when there is no such process.
    ///
    /// - Parameter pid: any process.
    package init?(pid: Int32) {
        guard let line = ProcFile.text(of: "/proc/\(pid)/stat") else { return nil }
        self.init(line: line)
    }

    /// Whether it has ended, be it reaped or not.
    package var hasEnded: Bool {
        self.state == "Z" || self.state == "X" || self.state == "x"
    }

    /// Whether a process runs (a zombie does not).
    package static func isAlive(_ pid: Int32) -> Bool {
        ProcessStat(pid: pid).map { !$0.hasEnded } ?? false
    }

    /// Clock ticks in a second (100 on Linux).
    package static let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    /// Bytes in a page.
    package static let pageSize = UInt64(max(1, sysconf(Int32(_SC_PAGESIZE))))
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        self.drop(while: { $0 == " " || $0 == "\n" }).reversedDropped()
    }

    private func reversedDropped() -> Substring {
        var copy = self
        while let last = copy.last, last == " " || last == "\n" { copy.removeLast() }
        return copy
    }
}

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
