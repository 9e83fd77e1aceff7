import Foundation
import Subprocess

/// Starts the backend under test as a child, waits until it takes connections, and ends it on every path.
///
/// The child gets a session of its own, so that Ctrl-C in the terminal reaches only the driver; it is ended by
/// SIGTERM to its process group, SIGKILL two seconds later, and is always reaped.
package struct BackendLauncher: Sendable {
    /// The folder that receives `backend.stderr.log` and `backend.stdout.log`; `nil` keeps no files.
    package var logFolder: String?
    /// How long the child may take to listen.
    package var patience: Duration
    /// How long it may take to end after SIGTERM.
    package var grace: Duration

    package init(logFolder: String?, patience: Duration = .seconds(60), grace: Duration = .seconds(2)) {
        self.logFolder = logFolder
        self.patience = patience
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
        let output = OutputLog(path: self.logFolder.map { $0 + "/backend.stdout.log" })
        let errors = OutputLog(path: self.logFolder.map { $0 + "/backend.stderr.log" })
        let configuration = try await self.configuration(for: command)
        let teardown = self.teardownSequence
        let patience = self.patience
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
                            patience: patience, isCancelled: isCancelled)
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
