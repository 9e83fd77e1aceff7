/// What the control groups that hold this process allow it, as a container's limits do; nil where nothing is limited.
///
/// A limit of any group above holds, too. See the kernel's `cgroup-v2.rst`, and `memory.rst` and `sched-bwc.rst` for
/// version 1.
struct ControlGroup: Equatable, Sendable {
    /// The tightest limit on memory, in bytes.
    var memoryLimit: UInt64?
    /// What is left of the limit that is used up first; files that were read and can be dropped do not count as used.
    var memoryLeft: UInt64?
    /// Processor time that may be used, in cores.
    var cpuQuota: Double?

    /// Reads the limits.
    ///
    /// - Parameters:
    ///   - membership: `/proc/self/cgroup`.
    ///   - text: reads a file; nil when there is none.
    init(membership: String, text: (String) -> String?) {
        for folder in Self.folders("memory", membership: membership) {
            guard let (limit, left) = Self.memory(in: folder, text) else { continue }
            self.memoryLimit = min(self.memoryLimit ?? .max, limit)
            self.memoryLeft = min(self.memoryLeft ?? .max, left)
        }
        for folder in Self.folders("cpu", membership: membership) {
            guard let quota = Self.quota(in: folder, text) else { continue }
            self.cpuQuota = min(self.cpuQuota ?? .infinity, quota)
        }
    }

    /// The limits of this process.
    static func read() -> ControlGroup {
        ControlGroup(membership: ProcFile.text(of: "/proc/self/cgroup") ?? "", text: ProcFile.text(of:))
    }

    /// Where a controller's hierarchy may be mounted, with the group's path in it, which is empty for the root.
    static func places(_ controller: String, membership: String) -> [(root: String, group: String)] {
        membership.split(separator: "\n").flatMap { line -> [(root: String, group: String)] in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let group = fields[2] == "/" ? "" : String(fields[2])
            if fields[0] == "0" { return [("/sys/fs/cgroup", group), ("/sys/fs/cgroup/unified", group)] }
            guard fields[1].split(separator: ",").contains(Substring(controller)) else { return [] }
            return [("/sys/fs/cgroup/\(fields[1])", group), ("/sys/fs/cgroup/\(controller)", group)]
        }
    }

    /// The folders of the group and of those above it, whose limits hold as well.
    private static func folders(_ controller: String, membership: String) -> [String] {
        self.places(controller, membership: membership).flatMap { root, group in self.upwards(group, from: root) }
    }

    /// The folders of a group and of those above it, up to the root of its hierarchy.
    static func upwards(_ group: String, from root: String) -> [String] {
        var names = group.split(separator: "/")
        var folders: [String] = []
        while !names.isEmpty {
            folders.append(root + "/" + names.joined(separator: "/"))
            names.removeLast()
        }
        return folders + [root]
    }

    private static func memory(in folder: String, _ text: (String) -> String?) -> (limit: UInt64, left: UInt64)? {
        let (file, used, cached) =
            text("\(folder)/memory.max") != nil
            ? ("memory.max", "memory.current", "inactive_file")
            : ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        // Version 1 says "none" by the greatest number of whole pages.
        guard let limit = Self.number(text("\(folder)/\(file)")), limit < 1 << 62 else { return nil }
        let usage = Self.number(text("\(folder)/\(used)")) ?? 0
        let droppable =
            (text("\(folder)/memory.stat") ?? "").split(separator: "\n")
            .first { $0.hasPrefix(cached + " ") }.flatMap { Self.number(String($0.dropFirst(cached.count + 1))) } ?? 0
        let held = usage > droppable ? usage - droppable : 0
        return (limit, limit > held ? limit - held : 0)
    }

    private static func quota(in folder: String, _ text: (String) -> String?) -> Double? {
        let words =
            text("\(folder)/cpu.max").map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
            ?? [text("\(folder)/cpu.cfs_quota_us"), text("\(folder)/cpu.cfs_period_us")].compactMap(\.self)
        guard words.count == 2, let quota = Self.number(words[0]), let period = Self.number(words[1]), period > 0
        else { return nil }
        return Double(quota) / Double(period)
    }

    /// A number in a file of its own; nil for `max` and for -1.
    private static func number(_ text: String?) -> UInt64? {
        text?.split(whereSeparator: \.isWhitespace).first.flatMap { UInt64($0) }
    }
}
