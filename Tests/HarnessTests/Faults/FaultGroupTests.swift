import Foundation
import Glibc
import Testing

@testable import Harness

/// Control groups in a folder that stands for a hierarchy; the kernel's own are met in `MachineFaultTests`.
struct FaultGroupTests {
    private static let mark = RunMark(pid: 7, start: 8, space: 9)

    /// A hierarchy in a folder of its own, whose kernel puts files into each group that is made.
    private static func kernel(
        in folder: TemporaryFolder, membership: String, groups: [String], files: [String]
    ) throws -> FaultGroup.Kernel {
        for group in groups {
            try Self.fill(folder.path + group, ["cgroup.procs"])
            if !membership.contains(":cpu:") {
                try "cpu memory\n".write(to: "\(folder.path)\(group)/cgroup.controllers")
            }
        }
        var kernel = FaultGroup.Kernel()
        kernel.root = folder.path
        kernel.membership = membership
        kernel.make = { path in
            do { try Self.fill(path, files) } catch { return EIO }
            return 0
        }
        kernel.remove = { path in
            do { try FileManager.default.removeItem(atPath: path) } catch { return EIO }
            return 0
        }
        return kernel
    }

    private static func fill(_ folder: String, _ files: [String]) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for file in files { try "".write(to: "\(folder)/\(file)") }
    }

    private static func text(_ path: String) -> String? { ProcFile.text(of: path) }

    @Test func `version 2: the quota is of a period of 100 ms, and is lifted before the group goes`() throws {
        let folder = try TemporaryFolder()
        var kernel = try Self.kernel(
            in: folder, membership: "0::/jobs/a\n", groups: ["/sys/fs/cgroup", "/sys/fs/cgroup/jobs/a"],
            files: ["cgroup.procs", "cpu.max"])
        let group = try FaultGroup.make(Self.mark, kernel: kernel)
        #expect(group.folder == "\(folder.path)/sys/fs/cgroup/jobs/a/signalbench-fault.7.8.9")
        #expect(Self.text("\(group.folder)/cpu.max") == "max 100000")
        try group.admit(getpid())
        #expect(Int32(Self.text("\(group.folder)/cgroup.procs") ?? "") != nil)
        #expect(group.limit(to: 0.25))
        #expect(Self.text("\(group.folder)/cpu.max") == "25000 100000")
        try "max 100000\nthrottled_usec 1500000\n".write(to: "\(group.folder)/cpu.stat")
        #expect(group.throttledSeconds == 1.5)
        // Whoever is in a group that goes would keep its quota until then.
        let remove = kernel.remove
        kernel.remove = { path in Self.text("\(path)/cpu.max") == "max 100000" ? remove(path) : EIO }
        let again = try FaultGroup.make(Self.mark, kernel: kernel)
        again.limit(to: 2)
        try "4711\n".write(to: "\(again.folder)/cgroup.procs")
        again.dissolve()
        #expect(Self.text("\(folder.path)/sys/fs/cgroup/jobs/a/cgroup.procs") == "4711")
        #expect(!FileManager.default.fileExists(atPath: again.folder))
    }

    @Test func `version 1: no quota is -1, and a container sees its own group as the root`() throws {
        let folder = try TemporaryFolder()
        let kernel = try Self.kernel(
            in: folder, membership: "4:cpu:/docker/1f\n0::/\n", groups: ["/sys/fs/cgroup/cpu"],
            files: ["cgroup.procs", "cpu.cfs_quota_us", "cpu.cfs_period_us"])
        let group = try FaultGroup.make(Self.mark, kernel: kernel)
        #expect(group.folder == "\(folder.path)/sys/fs/cgroup/cpu/signalbench-fault.7.8.9")
        #expect(Self.text("\(group.folder)/cpu.cfs_quota_us") == "-1")
        #expect(group.limit(to: 1.5))
        #expect(Self.text("\(group.folder)/cpu.cfs_quota_us") == "150000")
        #expect(Self.text("\(group.folder)/cpu.cfs_period_us") == "100000")
        // What lives on is moved, the last number that was written stands.
        try "4711\n4712\n".write(to: "\(group.folder)/cgroup.procs")
        group.dissolve()
        #expect(Self.text("\(folder.path)/sys/fs/cgroup/cpu/cgroup.procs") == "4712")
        #expect(!FileManager.default.fileExists(atPath: group.folder))
    }

    private typealias Lack = (
        membership: String, groups: [String], files: [String], code: Int32, message: String, cure: String
    )
    private static let lacks: [Lack] = [
        ("0::/\n", [], [], 0, "none is mounted", "mount cgroup2"),
        ("0::/a\n", ["/sys/fs/cgroup/a"], [], EACCES, "cannot be made in", "run it as root"),
        ("0::/a\n", ["/sys/fs/cgroup/a"], [], EROFS, "Read-only file system", "mount it for writing"),
        ("0::/a\n", ["/sys/fs/cgroup/a"], ["cgroup.procs"], 0, "not switched on", "echo +cpu >"),
        ("2:cpu:/a\n", ["/sys/fs/cgroup/cpu/a"], ["cgroup.procs"], 0, "CONFIG_CFS_BANDWIDTH", "boot one"),
    ]

    @Test(arguments: lacks.indices)
    func `what is missing is said, with what helps, and nothing is left`(number: Int) throws {
        let (membership, groups, files, code, message, cure) = Self.lacks[number]
        let folder = try TemporaryFolder()
        var kernel = try Self.kernel(in: folder, membership: membership, groups: groups, files: files)
        if code != 0 { kernel.make = { _ in code } }
        do {
            _ = try FaultGroup.make(Self.mark, kernel: kernel)
            Issue.record("a group was made")
        } catch {
            #expect(error.message.contains(message) && error.cure.contains(cure), "\(error)")
            #expect(error.exitStatus == .invalid)
        }
        for group in groups { #expect(!DirectoryListing.names(in: folder.path + group).contains(Self.mark.name)) }
    }

    @Test func `only what nobody owns is swept away`() throws {
        let folder = try TemporaryFolder()
        let kernel = try Self.kernel(
            in: folder, membership: "0::/\n", groups: ["/sys/fs/cgroup"], files: ["cgroup.procs", "cpu.max"])
        let own = try #require(RunMark.own)
        let parts = own.name.split(separator: ".")
        // A number that was used again, and a driver of another container.
        let reused = try #require(RunMark(name: "\(parts[0]).\(parts[1]).1.\(parts[3])"))
        let elsewhere = try #require(RunMark(name: "\(parts[0]).\(parts[1]).1.5"))
        for mark in [own, reused, elsewhere] { _ = try FaultGroup.make(mark, kernel: kernel) }
        let root = "\(folder.path)/sys/fs/cgroup"
        try FileManager.default.createDirectory(atPath: "\(root)/system.slice", withIntermediateDirectories: true)
        #expect(FaultGroup.sweep(kernel: kernel) == ["\(root)/\(reused.name)"])
        let left = Set(DirectoryListing.names(in: root))
        #expect(left.isSuperset(of: [own.name, elsewhere.name, "system.slice"]) && !left.contains(reused.name))
        #expect(RunMark(name: "signalbench-fault.1") == nil && RunMark(name: "user.1.2.3") == nil)
    }
}

extension String {
    fileprivate func write(to path: String) throws {
        try self.write(toFile: path, atomically: false, encoding: .utf8)
    }
}
