import Glibc
import Harness
import Testing

/// What runs on this machine, as tests want to know it.
enum ProcessTable {
    static func isAlive(_ pid: Int32) -> Bool {
        ProcessStat.isAlive(pid)
    }

    static func descendants(of pid: Int32) -> [Int32] {
        ProcessTree(root: pid).descendants()
    }

    static func waitForEnd(of pid: Int32) async throws {
        for _ in 0..<500 where ProcessStat.isAlive(pid) { try await Task.sleep(for: .milliseconds(10)) }
        #expect(!ProcessStat.isAlive(pid), "process \(pid) was left behind")
    }
}
