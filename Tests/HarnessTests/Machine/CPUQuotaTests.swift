import Testing

@testable import Harness

struct CPUQuotaTests {
    @Test func `both versions of control groups count what a quota withheld`() {
        #expect(CPUQuota.throttledSeconds(in: "usage_usec 900\nnr_throttled 3\nthrottled_usec 2500000\n") == 2.5)
        #expect(CPUQuota.throttledSeconds(in: "nr_periods 9\nnr_throttled 3\nthrottled_time 1500000000\n") == 1.5)
        #expect(CPUQuota.throttledSeconds(in: "usage_usec 900\nuser_usec 7\n") == nil)
        #expect(CPUQuota.throttledSeconds(in: "throttled_usec many\n\u{0}") == nil)
    }

    @Test(arguments: [
        (withheld: 2.0, threads: 4, cores: 8, share: 0.5), (withheld: 2.0, threads: 8, cores: 2, share: 1),
        (withheld: 0.03, threads: 3, cores: 64, share: 0.01), (withheld: 0.5, threads: 0, cores: 8, share: 0.5),
        (withheld: -1, threads: 2, cores: 2, share: 0), (withheld: 9, threads: 2, cores: 2, share: 1),
    ])
    func `what was withheld on several cores is a share of all of them`(
        withheld: Double, threads: Int, cores: Int, share: Double
    ) {
        let found = CPUQuota.share(withheld, of: 1, threads: threads, cores: cores)
        #expect((found - share).magnitude < 1e-9)
        #expect((CPUQuota.share(withheld * 2, of: 2, threads: threads, cores: cores) - share).magnitude < 1e-9)
    }

    @Test func `the group's own file is looked for before the container's root`() {
        #expect(
            CPUQuota.candidates(membership: "0::/jobs/a\n").prefix(2) == [
                "/sys/fs/cgroup/jobs/a/cpu.stat", "/sys/fs/cgroup/cpu.stat",
            ])
        let old = CPUQuota.candidates(membership: "4:cpu,cpuacct:/job\n3:memory:/job\n0::/\n")
        #expect(
            old.first == "/sys/fs/cgroup/cpu,cpuacct/job/cpu.stat" && old.contains("/sys/fs/cgroup/cpu/job/cpu.stat"))
        #expect(CPUQuota.candidates(membership: "nonsense").isEmpty)
    }
}
