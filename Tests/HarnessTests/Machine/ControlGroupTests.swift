import Testing

@testable import Harness

/// Limits of containers, as files of both versions of control groups state them.
struct ControlGroupTests {
    private static let mebibyte: UInt64 = 1 << 20

    private static func group(_ membership: String, _ files: [String: String]) -> ControlGroup {
        ControlGroup(membership: membership) { files[$0] }
    }

    @Test func `version 2: the tightest limit on the way up holds, and files that were read are not in use`() {
        let group = Self.group(
            "0::/jobs/a\n",
            [
                "/sys/fs/cgroup/jobs/a/memory.max": "max\n", "/sys/fs/cgroup/jobs/a/memory.current": "9\n",
                "/sys/fs/cgroup/jobs/memory.max": "\(512 * Self.mebibyte)\n",
                "/sys/fs/cgroup/jobs/memory.current": "\(200 * Self.mebibyte)\n",
                "/sys/fs/cgroup/jobs/memory.stat": "anon 7\ninactive_file \(50 * Self.mebibyte)\n",
                "/sys/fs/cgroup/memory.max": "\(4_096 * Self.mebibyte)\n",
                "/sys/fs/cgroup/jobs/a/cpu.max": "max 100000\n", "/sys/fs/cgroup/jobs/cpu.max": "150000 100000\n",
            ])
        #expect(group.memoryLimit == 512 * Self.mebibyte && group.memoryLeft == 362 * Self.mebibyte)
        #expect(group.cpuQuota == 1.5)
    }

    @Test func `version 1: a container sees its own group as the root`() {
        let group = Self.group(
            "9:memory:/docker/1f\n4:cpu,cpuacct:/docker/1f\n0::/system\n",
            [
                "/sys/fs/cgroup/memory/memory.limit_in_bytes": "\(64 * Self.mebibyte)\n",
                "/sys/fs/cgroup/memory/memory.usage_in_bytes": "\(80 * Self.mebibyte)\n",
                "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
                "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            ])
        #expect(group.memoryLimit == 64 * Self.mebibyte && group.memoryLeft == 0)
        #expect(group.cpuQuota == 0.5)
    }

    @Test(arguments: [
        [:], ["/sys/fs/cgroup/memory.max": "max\n", "/sys/fs/cgroup/cpu.max": "max 100000\n"],
        [
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        ], ["/sys/fs/cgroup/memory.max": "", "/sys/fs/cgroup/cpu.max": "1 0"],
    ])
    func `no limit is none`(files: [String: String]) {
        let group = Self.group("3:memory:/\n2:cpu:/\n0::/\n", files)
        #expect(group.memoryLimit == nil && group.memoryLeft == nil && group.cpuQuota == nil)
    }
}
