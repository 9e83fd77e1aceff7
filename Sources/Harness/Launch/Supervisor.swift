import Foundation
import Glibc
import Subprocess
import Synchronization
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

/// The first line that a supervisor prints: whom it started.
struct SupervisedPID: Codable, Equatable, Sendable {
    var pid: Int32

    init(pid: Int32) {
        self.pid = pid
    }

    init?(line: String) {
        guard let read = try? JSONDecoder().decode(SupervisedPID.self, from: Data(line.utf8)) else { return nil }
        self = read
    }

    var line: String {
        "{\"pid\":\(self.pid)}"
    }
}

/// The end of standard input: how a child learns that whoever started it is gone.
package enum StandardInputEnd {
    /// Returns once standard input has ended; what it holds is read and thrown away.
    ///
    /// A thread of its own blocks in `read`, because a descriptor that is a file cannot be polled. It ends with the
    /// process when nobody waits any more.
    package static func wait() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let thread = Thread {
                var bytes = [UInt8](repeating: 0, count: 512)
                while true {
                    let count = bytes.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
                    if count == 0 || (count < 0 && errno != EINTR) { break }
                }
                continuation.resume()
            }
            thread.name = "stdin"
            thread.stackSize = 64 << 10
            thread.start()
        }
    }
}

/// A child's output: written to a file as it comes, its last lines kept for messages.
package final class OutputLog: Sendable {
    private struct State: Sendable {
        var file: FileHandle?
        var lines: [String] = []
        var partial: [UInt8] = []
        var first: [String] = []
    }

    private static let keptLines = 20
    private static let keptBytes = 4096

    private let state: Mutex<State>

    /// Opens the log.
    ///
    /// - Parameters:
    ///   - path: the file to write, made anew; `nil` keeps the last lines only.
    ///   - appends: whether a file that is there is gone on with.
    package init(path: String?, appends: Bool = false) {
        var file: FileHandle?
        if let path, appends, let old = FileHandle(forWritingAtPath: path) {
            _ = try? old.seekToEnd()
            file = old
        } else if let path, FileManager.default.createFile(atPath: path, contents: nil) {
            file = FileHandle(forWritingAtPath: path)
        }
        self.state = Mutex(State(file: file))
    }

    /// Appends what was read.
    ///
    /// - Parameter bytes: any part of the output, line ends anywhere.
    package func append(_ bytes: [UInt8]) {
        self.state.withLock { state in
            // A full disk must not end the run: the last lines are still in memory.
            try? state.file?.write(contentsOf: Data(bytes))
            for byte in bytes {
                if byte == UInt8(ascii: "\n") {
                    Self.endLine(&state)
                } else if state.partial.count < Self.keptBytes {
                    state.partial.append(byte)
                }
            }
        }
    }

    /// Takes a last line without an end and closes the file.
    package func finish() {
        self.state.withLock { state in
            if !state.partial.isEmpty { Self.endLine(&state) }
            try? state.file?.close()
            state.file = nil
        }
    }

    /// One of the first two lines, once it is complete.
    package func line(_ number: Int) -> String? {
        self.state.withLock { number < $0.first.count ? $0.first[number] : nil }
    }

    /// The last lines that are not blank, oldest first.
    ///
    /// - Parameter count: at most so many (20 are kept).
    /// - Returns: fewer, when there are fewer.
    package func lastLines(_ count: Int) -> [String] {
        self.state.withLock { state in
            let partial = state.partial.isEmpty ? [] : [String(decoding: state.partial, as: UTF8.self)]
            return (state.lines + partial).suffix(count)
        }
    }

    private static func endLine(_ state: inout State) {
        let line = String(decoding: state.partial, as: UTF8.self)
        state.partial.removeAll(keepingCapacity: true)
        if state.first.count < 2 { state.first.append(line) }
        guard line.contains(where: { !$0.isWhitespace }) else { return }
        state.lines.append(line)
        if state.lines.count > Self.keptLines { state.lines.removeFirst() }
    }
}
