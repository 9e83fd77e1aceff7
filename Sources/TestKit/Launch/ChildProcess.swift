import Glibc

/// Starts children in process groups of their own, with default signals and nothing inherited but what they are given.
enum ChildProcess {
    /// Starts a program.
    ///
    /// - Parameters:
    ///   - words: the program, looked up in `PATH`, and its arguments.
    ///   - input: its standard input; nil is an empty one.
    ///   - output: the file that gets its standard output.
    ///   - errors: the file that gets its standard error.
    /// - Returns: its pid, which is its group's too.
    /// - Throws: ``LaunchedServer/Failed``.
    static func spawn(_ words: [String], input: CInt?, output: String, errors: String) throws -> pid_t {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        if let input {
            posix_spawn_file_actions_adddup2(&files, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
        }
        let mode = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&files, 1, output, mode, 0o600)
        posix_spawn_file_actions_addopen(&files, 2, errors, mode, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var pointers = words.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, words[0], &files, &attributes, &pointers, environ)
        guard code == 0 else {
            throw LaunchedServer.Failed(description: "cannot start \(words): \(String(cString: strerror(code)))")
        }
        return pid
    }
}
