import Foundation
import Glibc
import Harness
import Testing

/// The release build of `signalbench`, run as a user runs it.
///
/// A debug build is many times slower, and would make tests depend on the speed of the machine.
final class SignalbenchProcess: Sendable {
    /// How a finished process ended.
    struct Ending {
        /// The exit code; 128 + n after signal n.
        var status: Int32
        var output: String
        var errors: String

        /// The lines of standard error that are not empty.
        var errorLines: [String] {
            self.errors.split(separator: "\n").map(String.init)
        }
    }

    let pid: Int32
    private let folder: String

    /// The program under test: what `SIGNALBENCH_EXECUTABLE` names, else the release build beside this debug build.
    static var executable: String {
        get throws {
            let named = ProcessInfo.processInfo.environment["SIGNALBENCH_EXECUTABLE"] ?? ""
            let builds = URL(filePath: try OwnExecutable.path()).deletingLastPathComponent().deletingLastPathComponent()
            let path = named.isEmpty ? builds.path + "/release/signalbench" : named
            try #require(
                FileManager.default.isExecutableFile(atPath: path),
                "\(path) is missing: build it with `swift build -c release --product signalbench`")
            return path
        }
    }

    /// The debug build, next to the test bundle.
    static var debugExecutable: String {
        get throws { URL(filePath: try OwnExecutable.path()).deletingLastPathComponent().path + "/signalbench" }
    }

    /// Starts it, or another build of it, with its output going to files, so that no pipe can fill up.
    init(
        _ arguments: [String], in directory: String? = nil, input: Int32? = nil, executable: String? = nil,
        environment: [String: String] = [:]
    ) throws {
        self.folder = FileManager.default.temporaryDirectory.path + "/signalbench-\(UUID())"
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        if let input {
            posix_spawn_file_actions_adddup2(&files, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
        }
        let mode = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&files, 1, self.folder + "/output", mode, 0o600)
        posix_spawn_file_actions_addopen(&files, 2, self.folder + "/errors", mode, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // The shell changes the folder and then becomes the program: the process is the same.
        let words =
            (environment.isEmpty ? [] : ["/usr/bin/env"] + environment.map { "\($0)=\($1)" }.sorted())
            + (directory.map { ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", $0] } ?? [])
            + [try executable ?? Self.executable] + arguments
        var pointers = words.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, words[0], &files, &attributes, &pointers, environ)
        try #require(code == 0)
        self.pid = pid
    }

    deinit {
        try? FileManager.default.removeItem(atPath: self.folder)
    }

    /// Sends a signal.
    func send(_ signal: Int32) {
        kill(self.pid, signal)
    }

    /// Standard output so far.
    var output: String {
        (try? String(contentsOfFile: self.folder + "/output", encoding: .utf8)) ?? ""
    }

    /// Standard error so far.
    var errors: String {
        (try? String(contentsOfFile: self.folder + "/errors", encoding: .utf8)) ?? ""
    }

    /// Waits for the end; a process that outlives `limit` is killed and fails the test.
    func end(within limit: Duration = .seconds(60)) async throws -> Ending {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        var status: Int32 = 0
        while waitpid(self.pid, &status, WNOHANG) == 0 {
            if clock.now > deadline {
                kill(self.pid, SIGKILL)
                waitpid(self.pid, &status, 0)
                Issue.record("signalbench did not end within \(limit): \(self.errors)")
                break
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        let signal = status & 0x7F
        return Ending(
            status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: self.output, errors: self.errors)
    }

    /// Waits until `condition` holds.
    func wait(within limit: Duration = .seconds(30), until condition: (SignalbenchProcess) -> Bool) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while !condition(self) {
            try #require(clock.now < deadline, "waited in vain: \(self.output) \(self.errors)")
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Runs it to its end.
    static func run(_ arguments: String..., in directory: String? = nil) async throws -> Ending {
        try await SignalbenchProcess(arguments, in: directory).end()
    }
}
