import Glibc
import Synchronization

/// A child process with pipes to its standard input, output and error, in a process group of its own.
///
/// Every one that was started is killed, with what it started itself, when this process exits.
struct SpawnedProcess {
    let pid: pid_t
    /// Where its standard input is written.
    let input: CInt
    /// Where its standard output is read.
    let output: CInt
    /// Where its standard error is read.
    let errors: CInt

    /// Starts a command of the shell.
    ///
    /// - Throws: ``DialError`` when no process or pipe can be had.
    init(_ command: String) throws(DialError) {
        // One at a time, so that no child holds an end of another one's pipes.
        self = try Self.spawning.withLock { _ throws(DialError) in try Self(starting: command) }
    }

    private static let spawning = Mutex(())

    private init(starting command: String) throws(DialError) {
        var pipes: [[CInt]] = []
        func closeAll() { for end in pipes.joined() { close(end) } }
        for _ in 0..<3 {
            var ends: [CInt] = [-1, -1]
            guard pipe(&ends) == 0 else {
                let error = errno
                closeAll()
                throw Self.error(error, "a pipe to '\(command)'")
            }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            pipes.append(ends)
        }
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_adddup2(&files, pipes[0][0], 0)
        posix_spawn_file_actions_adddup2(&files, pipes[1][1], 1)
        posix_spawn_file_actions_adddup2(&files, pipes[2][1], 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A broken pipe is ignored here and would be by the child, too.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
        let arguments = ["/bin/sh", "-c", "exec \(command)"]
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, "/bin/sh", &files, &attributes, &words, environ)
        guard status == 0 else {
            closeAll()
            throw Self.error(status, "'\(command)'")
        }
        ChildProcesses.add(pid)
        close(pipes[0][0])
        close(pipes[1][1])
        close(pipes[2][1])
        (self.pid, self.input, self.output, self.errors) = (pid, pipes[0][1], pipes[1][0], pipes[2][0])
    }

    private static func error(_ code: CInt, _ what: String) -> DialError {
        DialError(
            code: code == EMFILE || code == ENFILE ? .noDescriptor : .other,
            message: "\(what) could not be made: \(String(cString: strerror(code)))")
    }
}

/// The processes that this one started and has not reaped.
enum ChildProcesses {
    private static let running = Mutex<(pids: Set<pid_t>, isRegistered: Bool)>(([], false))

    static func add(_ pid: pid_t) {
        self.running.withLock { running in
            running.pids.insert(pid)
            guard !running.isRegistered else { return }
            running.isRegistered = true
            atexit { ChildProcesses.killAll() }
        }
    }

    /// How many there are.
    static var count: Int { self.running.withLock { $0.pids.count } }

    /// Takes the exit status of a process, if it has ended.
    ///
    /// - Parameters:
    ///   - pid: a process that was added.
    ///   - kills: whether to kill it first, with its group, and to wait.
    /// - Returns: how it ended, in words; nil when it runs.
    static func reap(_ pid: pid_t, kills: Bool) -> String? {
        self.running.withLock { running in
            guard running.pids.contains(pid) else { return "an end that was reported before" }
            // What the process started itself may have outlived it; its group keeps its number until then.
            if kills { Glibc.kill(-pid, SIGKILL) }
            var status: CInt = 0
            var result: pid_t
            repeat { result = waitpid(pid, &status, kills ? 0 : WNOHANG) } while result == -1 && errno == EINTR
            guard result != 0 else { return nil }
            running.pids.remove(pid)
            if !kills { Glibc.kill(-pid, SIGKILL) }
            guard result == pid else { return "an end that somebody else saw" }
            let signal = status & 0x7F
            return signal == 0 ? "exit status \((status >> 8) & 0xFF)" : "signal \(signal)"
        }
    }

    private static func killAll() {
        let pids = self.running.withLock { running in
            defer { running.pids.removeAll() }
            return running.pids
        }
        for pid in pids {
            Glibc.kill(-pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
    }
}
