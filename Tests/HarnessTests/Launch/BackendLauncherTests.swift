import Foundation
import Glibc
import Harness
import TestKit
import Testing

@Suite(.enabled(if: Lane.isSerial, "it starts, awaits and kills child processes"))
struct BackendLauncherTests {
    private static let ready = #"echo '{"ready":true,"backend":"x","url":"ws://127.0.0.1:7/","pid":'$$'}'"#

    private static func shell(_ script: String) -> LaunchCommand {
        LaunchCommand(executable: "/bin/sh", arguments: ["-c", script], announcement: .readyLine)
    }

    private let launcher = BackendLauncher(logFolder: nil, timeout: .seconds(10), grace: .milliseconds(300))

    @Test func `the ready line gives the URL and the pid`() async throws {
        let backend = try await self.launcher.withBackend(Self.shell(Self.ready + "; sleep 60")) { backend in
            #expect(backend.isAlive)
            return backend
        }
        #expect(backend.url == "ws://127.0.0.1:7/")
        #expect(!backend.isAlive)
    }

    @Test func `a child that ends early is a failed launch with its last words`() async throws {
        let script = "echo nonsense >&2; echo 'bad configuration on line 3' >&2; exit 3"
        let error = try #require(await self.failure(of: script))
        #expect(error.code == .launchFailed)
        #expect(error.message.contains("bad configuration on line 3"))
        #expect(error.message.contains("exit 3"))
        #expect(error.exitStatus == .unavailable)
    }

    @Test func `a child that a signal ends early is told apart`() async throws {
        let error = try #require(await self.failure(of: "kill -SEGV $$"))
        #expect(error.message.contains("signal 11"))
    }

    @Test func `a child that finds its address taken is a port in use`() async throws {
        let error = try #require(await self.failure(of: "echo 'bind: Address already in use' >&2; exit 1"))
        #expect(error.code == .portInUse)
    }

    @Test func `a child that stays silent is given up`() async throws {
        let hasty = BackendLauncher(logFolder: nil, timeout: .milliseconds(200), grace: .milliseconds(200))
        let error = try #require(await self.failure(of: "sleep 60", launcher: hasty))
        #expect(error.code == .launchFailed)
        #expect(error.message.contains("ready line"))
    }

    @Test func `another first line than ours is said so`() async throws {
        let error = try #require(await self.failure(of: "echo hello; sleep 60"))
        #expect(error.message.contains("hello"))
    }

    @Test func `a program that does not exist cannot be started`() async throws {
        for name in ["/nonexistent/server", "no-such-program-anywhere"] {
            let command = LaunchCommand(executable: name, arguments: [], announcement: .readyLine)
            let error = await #expect(throws: HarnessError.self) {
                try await self.launcher.withBackend(command) { _ in }
            }
            #expect(error?.code == .launchFailed)
            #expect(error?.message.contains(name) == true)
        }
    }

    @Test func `a child that ignores SIGTERM is killed, with its own children`() async throws {
        let script = "trap '' TERM; sh -c 'trap \"\" TERM; sleep 60; sleep 60' & " + Self.ready + "; wait; sleep 60"
        let (pid, children) = try await self.launcher.withBackend(Self.shell(script)) { backend in
            try await Task.sleep(for: .milliseconds(100))
            return (backend.pid, ProcessTree(root: backend.pid).descendants())
        }
        #expect(!children.isEmpty)
        for child in [pid] + children {
            try await Self.waitForEnd(of: child)
        }
    }

    @Test func `an error in the body ends the child, too`() async throws {
        struct Mishap: Error {}
        let (pids, sink) = AsyncStream.makeStream(of: Int32.self)
        await #expect(throws: Mishap.self) {
            try await self.launcher.withBackend(Self.shell(Self.ready + "; sleep 60")) { backend in
                sink.yield(backend.pid)
                throw Mishap()
            }
        }
        for await pid in pids {
            #expect(!ProcessStat.isAlive(pid))
            break
        }
    }

    @Test func `cancelling the task ends the child, too`() async throws {
        let launcher = self.launcher
        let (pids, sink) = AsyncStream.makeStream(of: Int32.self)
        let task = Task {
            try await launcher.withBackend(Self.shell(Self.ready + "; sleep 60")) { backend in
                sink.yield(backend.pid)
                try await Task.sleep(for: .seconds(60))
            }
        }
        for await pid in pids {
            task.cancel()
            _ = await task.result
            #expect(!ProcessStat.isAlive(pid))
            break
        }
    }

    @Test func `standard input ends with the driver's interest, not before`() async throws {
        // `cat` ends at the end of its input: alive within the body is the proof.
        let alive = try await self.launcher.withBackend(Self.shell(Self.ready + "; exec cat")) { backend in
            try await Task.sleep(for: .milliseconds(100))
            return backend.isAlive
        }
        #expect(alive)
    }

    @Test func `the child is not in the terminal's process group`() async throws {
        let script = Self.ready + "; sleep 60"
        let session = try await self.launcher.withBackend(Self.shell(script)) { backend in getsid(backend.pid) }
        #expect(session != getsid(0))
    }

    @Test func `its output is kept in files`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/launcher-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let launcher = BackendLauncher(logFolder: folder, grace: .milliseconds(300))
        try await launcher.withBackend(Self.shell("echo warning >&2; " + Self.ready + "; sleep 60")) { _ in
            try await Task.sleep(for: .milliseconds(50))
        }
        let errors = try String(contentsOfFile: folder + "/backend.stderr.log", encoding: .utf8)
        let output = try String(contentsOfFile: folder + "/backend.stdout.log", encoding: .utf8)
        #expect(errors == "warning\n")
        #expect(output.hasPrefix("{\"ready\":true"))
    }

    @Test func `a chatty child does not block on its pipe`() async throws {
        let script = Self.ready + "; head -c 1000000 /dev/zero | tr '\\0' 'x' >&2; echo >&2; echo end >&2; sleep 60"
        let last = try await self.launcher.withBackend(Self.shell(script)) { backend in
            for _ in 0..<500 where backend.log.lastLines(1) != ["end"] {
                try await Task.sleep(for: .milliseconds(10))
            }
            return backend.log.lastLines(1)
        }
        #expect(last == ["end"])
    }

    @Test func `a silent server is asked until it accepts a connection`() async throws {
        let port = try LoopbackListener.freePort()
        let command = LaunchCommand(
            executable: "python3",
            arguments: [
                "-c",
                "import socket,time;time.sleep(0.2);s=socket.create_server(('127.0.0.1',\(port)));time.sleep(60)",
            ], announcement: .probe(.connect(host: "127.0.0.1", port: port)))
        let alive = try await self.launcher.withBackend(command) { $0.isAlive }
        #expect(alive)
    }

    @Test func `a taken port is found before the launch`() async throws {
        let server = try LoopbackListener()
        let command = LaunchCommand(
            executable: "/bin/sh", arguments: ["-c", "sleep 60"],
            announcement: .probe(.connect(host: "127.0.0.1", port: server.port)))
        await #expect(throws: HarnessError(.portInUse, "", cure: "")) {
            try await self.launcher.withBackend(command) { _ in }
        }
        withExtendedLifetime(server) {}
    }

    @Test func `an interruption ends the wait`() async throws {
        await #expect(throws: HarnessError(.interrupted, "", cure: "")) {
            try await self.launcher.withBackend(Self.shell("sleep 60"), isCancelled: { true }) { _ in }
        }
    }

    // MARK: - Helpers

    private func failure(of script: String, launcher: BackendLauncher? = nil) async -> HarnessError? {
        do {
            try await (launcher ?? self.launcher).withBackend(Self.shell(script)) { _ in }
            return nil
        } catch {
            return error as? HarnessError
        }
    }

    private static func waitForEnd(of pid: Int32) async throws {
        for _ in 0..<300 where ProcessStat.isAlive(pid) { try await Task.sleep(for: .milliseconds(10)) }
        #expect(!ProcessStat.isAlive(pid))
    }
}
