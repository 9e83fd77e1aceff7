/// What the CPU quota of this process's control group withheld.
///
/// `cpu.stat` of version 2 counts microseconds (`throttled_usec`), that of version 1 nanoseconds (`throttled_time`);
/// see the kernel's `cgroup-v2.rst` and `sched-bwc.rst`.
struct CPUQuota: Sendable {
    private let file: ProcFile

    /// Finds the group; `nil` without a mounted hierarchy that has a CPU controller.
    init?() {
        let membership = ProcFile.text(of: "/proc/self/cgroup") ?? ""
        for path in Self.candidates(membership: membership) {
            guard let file = ProcFile(path), let text = file.text(), Self.throttledSeconds(in: text) != nil else {
                continue
            }
            self.file = file
            return
        }
        return nil
    }

    /// Seconds withheld so far; nil once the file cannot be read.
    func throttledSeconds() -> Double? { self.file.text().flatMap(Self.throttledSeconds(in:)) }

    /// The share of an interval that the quota kept threads from running.
    ///
    /// The kernel adds up what it withheld on each core, so the whole is the interval on as many cores as the threads can
    /// be on at once: two threads that were stopped for all of a second count as two seconds.
    ///
    /// - Parameters:
    ///   - withheld: seconds, of all cores together.
    ///   - seconds: the length of the interval.
    ///   - threads: how many want to run, as far as known.
    ///   - cores: how many there are.
    /// - Returns: 0…1.
    static func share(_ withheld: Double, of seconds: Double, threads: Int, cores: Int) -> Double {
        min(1, max(0, withheld) / (seconds * Double(max(1, min(threads, cores)))))
    }

    /// Where `cpu.stat` may be, the group's own before the root's: within a container the root is the container's.
    static func candidates(membership: String) -> [String] {
        ControlGroup.places("cpu", membership: membership).flatMap { root, group in
            (group.isEmpty ? [] : ["\(root)\(group)/cpu.stat"]) + ["\(root)/cpu.stat"]
        }
    }

    /// The seconds that a `cpu.stat` counts; nil when it has no quota's counter.
    static func throttledSeconds(in text: String) -> Double? {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, let count = Double(words[1]) else { continue }
            if words[0] == "throttled_usec" { return count / 1e6 }
            if words[0] == "throttled_time" { return count / 1e9 }
        }
        return nil
    }
}
