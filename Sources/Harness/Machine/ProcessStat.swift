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
            let threads = Int(fields[17]), let resident = Int64(fields[21])
        else { return nil }
        self.pid = pid
        self.name = String(line[line.index(after: open)..<close])
        self.state = state
        self.parent = parent
        self.ticks = user + system
        self.childTicks = UInt64(max(0, childUser) + max(0, childSystem))
        self.threads = threads
        self.residentPages = UInt64(max(0, resident))
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
