/// The machine's CPU time since boot by what it went to, in clock ticks (`/proc/stat`, proc(5)).
package struct CPUTimes: Equatable, Sendable {
    /// All columns except guest time, which user time already holds.
    package var total: UInt64
    /// Time that the hypervisor gave to other guests (column 8).
    package var steal: UInt64

    /// Reads `/proc/stat`; `nil` when it lacks the line of all CPUs.
    ///
    /// - Parameter text: the file's text.
    package init?(text: String) {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }) else { return nil }
        let columns = line.split(separator: " ").dropFirst().prefix(8).map { UInt64($0) ?? 0 }
        guard columns.count == 8 else { return nil }
        self.total = columns.reduce(0, +)
        self.steal = columns[7]
    }

    /// The share of CPU time that was stolen since an earlier reading.
    ///
    /// - Parameter earlier: a reading before this one.
    /// - Returns: 0…1, or `nil` when no time has passed.
    package func steal(since earlier: CPUTimes) -> Double? {
        guard self.total > earlier.total, self.steal >= earlier.steal else { return nil }
        return Double(self.steal - earlier.steal) / Double(self.total - earlier.total)
    }
}
