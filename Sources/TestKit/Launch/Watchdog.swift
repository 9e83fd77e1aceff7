import Glibc
import Synchronization

/// A shell that waits for the end of this process, and then kills a process group.
final class Watchdog: Sendable {
    private let pid: pid_t
    /// The end of the line that no other process has: it closes with this process, however that ends.
    private let line: CInt
    private let hasEnded = Atomic(false)

    init(group: pid_t) throws {
        var ends: [CInt] = [0, 0]
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Loopback.Failed(code: errno) }
        defer { close(ends[0]) }
        self.line = ends[1]
        do {
            self.pid = try ChildProcess.spawn(
                ["/bin/sh", "-c", "read -r _; kill -KILL -- -$0", "\(group)"], input: ends[0], output: "/dev/null",
                errors: "/dev/null")
        } catch {
            close(ends[1])
            kill(-group, SIGKILL)
            throw error
        }
    }

    deinit { self.end() }

    /// Lets it go; the group is no longer its business.
    func end() {
        if self.hasEnded.exchange(true, ordering: .relaxed) { return }
        kill(self.pid, SIGKILL)
        var status: CInt = 0
        waitpid(self.pid, &status, 0)
        close(self.line)
    }
}
