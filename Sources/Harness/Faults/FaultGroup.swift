import Glibc
import Workload

/// The control group of a run's backend, whose processor time the plan limits.
///
/// Both versions do: `cpu.max` of `cgroup-v2.rst`, `cpu.cfs_quota_us` of `sched-bwc.rst`. The backend is in it from its start,
/// so that what it starts is, too; without a quota the group changes nothing.
struct FaultGroup: Sendable {
    /// What the kernel does with folders; a test has a folder that stands for a hierarchy.
    struct Kernel: Sendable {
        /// Makes and removes a group; 0, or the number of the error.
        var make: @Sendable (String) -> Int32 = { mkdir($0, 0o755) == 0 ? 0 : errno }
        var remove: @Sendable (String) -> Int32 = { rmdir($0) == 0 ? 0 : errno }
        /// `/proc/self/cgroup`, and where hierarchies are mounted.
        var membership: String = ProcFile.text(of: "/proc/self/cgroup") ?? ""
        var root = ""
    }

    /// Microseconds of the period that quotas are shares of.
    private static let period = 100_000.0

    let folder: String
    /// The driver's own group, which what outlives the run is moved to.
    private let home: String
    private let isUnified: Bool
    private let kernel: Kernel

    /// Makes it, in the driver's own group or the nearest above in which that is possible.
    ///
    /// - Parameters:
    ///   - mark: whose it is.
    ///   - kernel: which makes it.
    /// - Returns: a group without processes and without a quota.
    /// - Throws: `HarnessError` (too few resources) that says what is missing and what helps.
    static func make(_ mark: RunMark, kernel: Kernel = Kernel()) throws(HarnessError) -> FaultGroup {
        var refusal: HarnessError?
        for parents in Self.parents(kernel) {
            guard let home = parents.first else { continue }
            for parent in parents {
                switch Self.make("\(parent)/\(mark.name)", in: parent, home: home, kernel: kernel) {
                case .success(let group): return group
                // The nearest group is the one that the user knows.
                case .failure(let error): refusal = refusal ?? error
                }
            }
        }
        throw refusal
            ?? HarnessError(
                .tooFewResources,
                "faults: cpu needs control groups with a controller of the processor, and none is mounted",
                cure: "mount cgroup2 at /sys/fs/cgroup, or leave the fault out")
    }

    /// The group of this run, made; nil for faults without a quota.
    ///
    /// - Parameter faults: of the profile.
    /// - Returns: a group without processes.
    /// - Throws: `HarnessError` (too few resources) when it cannot be made.
    static func needed(for faults: [Profile.Fault]) throws(HarnessError) -> FaultGroup? {
        guard faults.contains(where: { $0.kind == .cpu }) else { return nil }
        guard let mark = RunMark.own else {
            throw HarnessError(.tooFewResources, "faults: cpu needs /proc", cure: "mount it, or leave the fault out")
        }
        return try self.make(mark)
    }

    /// Removes the groups of drivers that were killed.
    ///
    /// - Parameter kernel: which has them.
    /// - Returns: their folders.
    @discardableResult
    static func sweep(kernel: Kernel = Kernel()) -> [String] {
        self.marked(kernel: kernel).filter { $0.mark.isAbandoned }.map { mark, parent, home in
            let folder = "\(parent)/\(mark.name)"
            let isUnified = access("\(folder)/cpu.max", F_OK) == 0
            FaultGroup(folder: folder, home: home, isUnified: isUnified, kernel: kernel).dissolve()
            return folder
        }
    }

    /// Every group of a run, whosever.
    static func marked(kernel: Kernel = Kernel()) -> [(mark: RunMark, parent: String, home: String)] {
        self.parents(kernel).flatMap { parents in
            parents.flatMap { parent in
                DirectoryListing.names(in: parent).compactMap(RunMark.init(name:)).map {
                    (mark: $0, parent: parent, home: parents[0])
                }
            }
        }
    }

    /// Takes a process with all that it has started.
    ///
    /// - Parameter root: the process.
    /// - Throws: `HarnessError` (too few resources) when the kernel does not let it in.
    func admit(_ root: Int32) throws(HarnessError) {
        try self.move(root)
        var known: Set<Int32> = [root]
        // Whoever was started while we looked had a parent that was not in the group yet.
        while true {
            let new = ProcessTree(root: root).descendants().filter { !known.contains($0) }
            if new.isEmpty { return }
            for pid in new { try self.move(pid) }
            known.formUnion(new)
        }
    }

    /// Sets the quota.
    ///
    /// - Parameter cores: processor time; nil for as much as there is.
    /// - Returns: whether the kernel took it.
    @discardableResult
    func limit(to cores: Double?) -> Bool {
        let quota = cores.map { "\(Int(($0 * Self.period).rounded()))" }
        let period = "\(Int(Self.period))"
        if self.isUnified { return Self.write("\(quota ?? "max") \(period)", to: "\(self.folder)/cpu.max") == 0 }
        return Self.write(period, to: "\(self.folder)/cpu.cfs_period_us") == 0
            && Self.write(quota ?? "-1", to: "\(self.folder)/cpu.cfs_quota_us") == 0
    }

    /// Seconds that the quota withheld from its processes so far, of all cores together.
    var throttledSeconds: Double? {
        ProcFile.text(of: "\(self.folder)/cpu.stat").flatMap(CPUQuota.throttledSeconds(in:))
    }

    /// Lifts the quota, and removes the group; what still lives in it goes on in the driver's own.
    func dissolve() {
        self.limit(to: nil)
        // A process that ends is a member until it has ended.
        for _ in 0..<100 {
            for pid in (ProcFile.text(of: "\(self.folder)/cgroup.procs") ?? "").split(separator: "\n") {
                _ = Self.write(String(pid), to: "\(self.home)/cgroup.procs")
            }
            if self.kernel.remove(self.folder) != EBUSY { return }
            usleep(10_000)
        }
    }

    // MARK: - Parts

    /// For each hierarchy that may have the controller, the driver's group and those above it, as far as they exist.
    private static func parents(_ kernel: Kernel) -> [[String]] {
        var seen: Set<String> = []
        return ControlGroup.places("cpu", membership: kernel.membership).map { root, group in
            ControlGroup.upwards(group, from: kernel.root + root).filter {
                access("\($0)/cgroup.procs", F_OK) == 0 && seen.insert($0).inserted
            }
        }
    }

    private static func make(
        _ folder: String, in parent: String, home: String, kernel: Kernel
    ) -> Result<FaultGroup, HarnessError> {
        func refusal(_ message: String, cure: String) -> Result<FaultGroup, HarnessError> {
            .failure(HarnessError(.tooFewResources, "faults: cpu \(message)", cure: "\(cure), or leave the fault out"))
        }
        let isUnified = access("\(parent)/cgroup.controllers", F_OK) == 0
        if isUnified {
            let controllers = (ProcFile.text(of: "\(parent)/cgroup.controllers") ?? "").split(
                whereSeparator: \.isWhitespace)
            guard controllers.contains("cpu") else {
                return refusal(
                    "needs a controller of the processor, which the control group \(parent) does not have",
                    cure: "run it in a group that has it, as root's are")
            }
        }
        let code = kernel.make(folder)
        guard code == 0 || code == EEXIST else {
            return refusal(
                "needs a control group, which cannot be made in \(parent): \(String(cString: strerror(code)))",
                cure: code == EROFS ? "mount it for writing" : "run it as root")
        }
        let group = FaultGroup(folder: folder, home: home, isUnified: isUnified, kernel: kernel)
        let file = "\(folder)/\(isUnified ? "cpu.max" : "cpu.cfs_quota_us")"
        if access(file, F_OK) != 0 {
            group.dissolve()
            return isUnified
                ? refusal(
                    "needs the controller of the processor below \(parent), where it is not switched on",
                    cure: "switch it on (echo +cpu > \(parent)/cgroup.subtree_control)")
                : refusal("needs a kernel with CONFIG_CFS_BANDWIDTH: there is no \(file)", cure: "boot one")
        }
        // Processes can be moved by whoever may write to the group above both.
        guard access("\(isUnified ? parent : folder)/cgroup.procs", W_OK) == 0, group.limit(to: nil) else {
            group.dissolve()
            return refusal("may not move processes within \(parent)", cure: "run it as root")
        }
        return .success(group)
    }

    private func move(_ pid: Int32) throws(HarnessError) {
        let code = Self.write("\(pid)", to: "\(self.folder)/cgroup.procs")
        // One that has just ended needs no quota.
        guard code != 0, code != ESRCH else { return }
        throw HarnessError(
            .tooFewResources,
            "faults: cpu cannot take process \(pid) into \(self.folder): \(String(cString: strerror(code)))",
            cure: "run it as root, or leave the fault out")
    }

    private static func write(_ text: String, to path: String) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        return text.withCString { Glibc.write(descriptor, $0, strlen($0)) } < 0 ? errno : 0
    }
}
