import Foundation
import Glibc
import Subprocess
import UnixSignals

/// Stands between the driver and a foreign server, and ends the server when the driver is gone.
///
/// A server of somebody else does not watch its standard input, so a driver that is killed would leave it behind. The
/// supervisor watches its own instead. Both are in one process group, and one signal reaches both.
package enum Supervisor {
    private enum Event: Sendable {
        case inputEnded
        case signalled
        case childEnded
    }

    /// Runs a command until it ends, standard input ends, or a signal asks for the end.
    ///
    /// - Parameters:
    ///   - command: the server and its arguments, not empty.
    ///   - grace: how long it may take to end after SIGTERM.
    /// - Returns: the status to exit with: the command's own, 128 + the signal that ended it, or 127 when it could
    ///   not be started (as a shell says it).
    package static func run(_ command: [String], grace: Duration = .seconds(2)) async -> Int32 {
        // The end is a signal to the group: it must hold the server and nobody else's processes.
        if getpgrp() != getpid() { setpgid(0, 0) }
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        do {
            let executable = try await BackendLauncher.executable(command.first ?? "")
            let ended = try await Subprocess.run(
                Configuration(executable: executable, arguments: Arguments(Array(command.dropFirst()))),
                input: .none, output: .currentStandardOutput, error: .currentStandardError
            ) { child in
                let pid = child.processIdentifier.value
                print(SupervisedPID(pid: pid).line)
                fflush(nil)
                switch await Self.firstEvent(signals: signals, child: pid) {
                case .childEnded: break
                case .inputEnded, .signalled: await Self.end(child: pid, grace: grace)
                }
            }
            switch ended.terminationStatus {
            case .exited(let code): return code
            case .signaled(let signal): return 128 + signal
            }
        } catch {
            FileHandle.standardError.write(Data("cannot start '\(command.joined(separator: " "))': \(error)\n".utf8))
            return 127
        }
    }

    private static func firstEvent(signals: UnixSignalsSequence, child: Int32) async -> Event {
        let (events, sink) = AsyncStream.makeStream(of: Event.self)
        // The thread that reads standard input cannot be cancelled, so no group waits for these.
        let input = Task {
            await StandardInputEnd.wait()
            sink.yield(.inputEnded)
        }
        let signalled = Task {
            for await _ in signals { sink.yield(.signalled) }
        }
        let watch = Task {
            while ProcessStat.isAlive(child), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(20)) }
            sink.yield(.childEnded)
        }
        defer {
            input.cancel()
            signalled.cancel()
            watch.cancel()
        }
        for await event in events { return event }
        return .childEnded
    }

    /// SIGTERM to the whole group, SIGKILL when the child outlives its grace; the supervisor itself traps the first
    /// and dies of the second with the rest.
    private static func end(child: Int32, grace: Duration) async {
        kill(0, SIGTERM)
        let clock = ContinuousClock()
        let limit = clock.now + grace
        while ProcessStat.isAlive(child), clock.now < limit {
            try? await Task.sleep(for: .milliseconds(10))
        }
        if ProcessStat.isAlive(child) { kill(0, SIGKILL) }
    }
}
