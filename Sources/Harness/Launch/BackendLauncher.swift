import Foundation
import Glibc
import Subprocess

/// Starts the backend under test as a child, waits until it takes connections, and ends it on every path.
///
/// The child gets a session of its own, so that Ctrl-C in the terminal reaches only the driver; it is ended by
/// SIGTERM to its process group, SIGKILL two seconds later, and is always reaped.
package struct BackendLauncher: Sendable {
    /// The folder that receives `backend.stderr.log` and `backend.stdout.log`; `nil` keeps no files.
    package var logFolder: String?
    /// Whether they are gone on with, as when a backend is started again.
    package var appendsLogs = false
    /// How long the child may take to listen.
    package var timeout: Duration
    /// How long it may take to end after SIGTERM.
    package var grace: Duration

    package init(logFolder: String?, timeout: Duration = .seconds(60), grace: Duration = .seconds(2)) {
        self.logFolder = logFolder
        self.timeout = timeout
        self.grace = grace
    }

    /// Runs `body` while the backend runs.
    ///
    /// - Parameters:
    ///   - command: what to start.
    ///   - isCancelled: asked while waiting for the child; `true` ends the wait.
    ///   - body: gets the backend once it takes connections.
    /// - Returns: what `body` returned.
    /// - Throws: `HarnessError` (launch failed, port in use, interrupted), or what `body` threw.
    package func withBackend<Outcome: Sendable>(
        _ command: LaunchCommand, isCancelled: @escaping @Sendable () -> Bool = { false },
        body: @escaping @Sendable (RunningBackend) async throws -> Outcome
    ) async throws -> Outcome {
        try await self.refuseTakenPort(command)
        let output = OutputLog(path: self.logFolder.map { $0 + "/backend.stdout.log" }, appends: self.appendsLogs)
        let errors = OutputLog(path: self.logFolder.map { $0 + "/backend.stderr.log" }, appends: self.appendsLogs)
        let configuration = try await self.configuration(for: command)
        let teardown = self.teardownSequence
        let timeout = self.timeout
        let result: Result<Outcome, any Error>
        let status: TerminationStatus
        do {
            let ended = try await Subprocess.run(
                configuration, input: .inputWriter, output: .sequence, error: .sequence
            ) { child in
                await withTaskGroup(of: Void.self) { readers in
                    readers.addTask { await Self.copy(child.standardOutput, to: output) }
                    readers.addTask { await Self.copy(child.standardError, to: errors) }
                    let result: Result<Outcome, any Error>
                    do {
                        let waiter = ReadyWaiter(
                            command: command, child: child.processIdentifier.value, output: output, log: errors,
                            timeout: timeout, isCancelled: isCancelled)
                        result = .success(try await body(try await waiter.wait()))
                    } catch {
                        result = .failure(error)
                    }
                    await child.teardown(using: teardown)
                    // The child is gone but not yet reaped, so its group's number cannot belong to others.
                    try? child.send(signal: .kill, toProcessGroup: true)
                    await readers.waitForAll()
                    return result
                }
            }
            result = ended.closureResult
            status = ended.terminationStatus
        } catch let error as SubprocessError {
            throw Self.notStarted(command, error)
        }
        switch result {
        case .success(let outcome): return outcome
        case .failure(ReadyWaiter.Failure.ended):
            throw Self.endedEarly(command, status: status, log: errors)
        case .failure(let error): throw error
        }
    }

    // MARK: - Parts

    private var teardownSequence: [TeardownStep] {
        [.send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: self.grace)]
    }

    private func configuration(for command: LaunchCommand) async throws -> Configuration {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = self.teardownSequence
        let executable: Executable
        do {
            executable = try await Self.executable(command.executable)
        } catch let error as SubprocessError {
            throw Self.notStarted(command, error)
        }
        return Configuration(
            executable: executable, arguments: Arguments(command.arguments), platformOptions: options)
    }

    /// A name is looked up in `PATH`; a path is looked up in its own folder, which spares the package the dependency
    /// that names `FilePath`.
    static func executable(_ text: String) async throws -> Executable {
        guard let slash = text.lastIndex(of: "/") else { return .name(text) }
        let folder = slash == text.startIndex ? "/" : URL(filePath: String(text[..<slash])).path
        let name = String(text[text.index(after: slash)...])
        return .path(try await Executable.name(name).resolveExecutablePath(in: .custom(["PATH": folder])))
    }

    private func refuseTakenPort(_ command: LaunchCommand) async throws {
        guard case .probe(let check) = command.announcement else { return }
        if await ServerProbe.isReady(.connect(host: check.host, port: check.port)) {
            throw HarnessError(
                .portInUse,
                "port \(check.port) on \(check.host) is taken, so '\(command.text)' could not listen there",
                cure: "stop the server that listens there, or drop launch: to test that server")
        }
    }

    private static func copy(_ source: SubprocessOutputSequence, to log: OutputLog) async {
        do {
            for try await part in source {
                log.append(part.withUnsafeBytes { Array($0) })
            }
        } catch {
            // The pipe is cancelled when the child ends while a grandchild still holds it.
        }
        log.finish()
    }

    private static func notStarted(_ command: LaunchCommand, _ error: SubprocessError) -> HarnessError {
        HarnessError(
            .launchFailed, "cannot start '\(command.text)': \(error)",
            cure: "install it, or give its path in launch:", cause: error)
    }

    private static func endedEarly(
        _ command: LaunchCommand, status: TerminationStatus, log: OutputLog
    ) -> HarnessError {
        let lines = log.lastLines(3)
        let said = lines.isEmpty ? "it said nothing on standard error" : lines.joined(separator: " | ")
        let isTaken = lines.contains { $0.localizedCaseInsensitiveContains("address already in use") }
        return HarnessError(
            isTaken ? .portInUse : .launchFailed,
            "'\(command.text)' ended before it listened (\(Self.text(status))): \(said)",
            cure: "run the command by hand; its whole output is in backend.stderr.log")
    }

    /// How a process ended, for people.
    private static func text(_ status: TerminationStatus) -> String {
        switch status {
        case .exited(let code): "exit \(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    }
}

/// How to start the backend under test as a child.
package struct LaunchCommand: Equatable, Sendable {
    /// How the child tells that it takes connections.
    package enum Announcement: Equatable, Sendable {
        /// It prints our ready line on standard output; the line holds its URL and pid.
        case readyLine
        /// It says nothing: it is asked.
        case probe(ReadyCheck)
    }

    /// An absolute path, or a name to look up in `PATH`.
    package var executable: String
    package var arguments: [String]
    /// The command as the profile's reader knows it, for the report.
    package var shown: [String]
    /// The same on one line.
    package var text: String { self.shown.joined(separator: " ") }
    package var announcement: Announcement
    /// Whether a supervisor of ours stands between; its first line of output then gives the child's pid.
    package var isSupervised: Bool

    package init(
        executable: String, arguments: [String], shown: [String]? = nil, announcement: Announcement,
        isSupervised: Bool = false
    ) {
        self.executable = executable
        self.arguments = arguments
        self.shown = shown ?? [executable] + arguments
        self.announcement = announcement
        self.isSupervised = isSupervised
    }

    /// The flag of `serve` that ends it with its standard input.
    static let endsWithInput = "--until-eof"

    /// An embedded backend on a free port of loopback.
    ///
    /// The child ends when its standard input does, so that not even the driver's violent end leaves it behind.
    ///
    /// - Parameters:
    ///   - id: a backend with an embedded server.
    ///   - options: flags of `serve` besides host and port.
    ///   - own: the path of this program.
    /// - Returns: a command that announces itself by its ready line.
    package static func embedded(_ id: String, options: [String], own: String) -> LaunchCommand {
        let shown = ["serve", id, "--host", "127.0.0.1", "--port", "0"] + options
        return LaunchCommand(
            executable: own, arguments: shown + [Self.endsWithInput], shown: ["signalbench"] + shown,
            announcement: .readyLine)
    }

    /// The `launch:` command of a profile; its first word `signalbench` means this program.
    ///
    /// - Parameters:
    ///   - words: the command, not empty.
    ///   - check: how to find out that a foreign server is ready.
    ///   - own: the path of this program.
    /// - Returns: a command that announces itself when it is ours, and is asked when it is not.
    package static func profile(_ words: [String], check: ReadyCheck, own: String) -> LaunchCommand {
        if words.first == "signalbench", words.dropFirst().first == "serve" {
            let rest = Array(words.dropFirst())
            return LaunchCommand(
                executable: own, arguments: rest + [Self.endsWithInput], shown: words, announcement: .readyLine)
        }
        let command = words.first == "signalbench" ? [own] + words.dropFirst() : words
        return LaunchCommand(
            executable: own, arguments: ["supervise", "--"] + command, shown: words, announcement: .probe(check),
            isSupervised: true)
    }
}

/// A backend that we started and that takes connections.
package struct RunningBackend: Sendable {
    /// The process whose CPU and memory are the backend's.
    package let pid: Int32
    /// The process group that holds it, all that it started, and its supervisor.
    package let group: Int32
    /// Where it listens, when it said so itself.
    package let url: String?
    /// The command that started it, for the report.
    package let command: [String]
    /// Its standard error so far.
    package let log: OutputLog

    /// Whether it still runs.
    package var isAlive: Bool {
        ProcessStat.isAlive(self.pid)
    }
}

/// This very program on disk.
package enum OwnExecutable {
    /// The absolute path of the running binary, after symbolic links.
    ///
    /// - Throws: `HarnessError` (internal error) when `/proc` is not mounted.
    package static func path() throws(HarnessError) -> String {
        do {
            return try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        } catch {
            throw HarnessError(.internalError, "cannot read /proc/self/exe", cure: "mount /proc", cause: error)
        }
    }
}
