import Foundation

/// Waits until a child takes connections, or has ended, or has had its time.
struct ReadyWaiter: Sendable {
    enum Failure: Error {
        /// The child ended; how, only the one who reaps it knows.
        case ended
    }

    let command: LaunchCommand
    let child: Int32
    let output: OutputLog
    let log: OutputLog
    let patience: Duration
    let isCancelled: @Sendable () -> Bool

    /// Waits.
    ///
    /// - Returns: the backend, ready.
    /// - Throws: `Failure.ended`, or `HarnessError` (launch failed, interrupted).
    func wait() async throws -> RunningBackend {
        let clock = ContinuousClock()
        let limit = clock.now + self.patience
        while clock.now < limit {
            if self.isCancelled() || Task.isCancelled {
                throw HarnessError(.interrupted, "interrupted while the backend started", cure: "")
            }
            if let backend = try await self.ask() { return backend }
            if !ProcessStat.isAlive(self.child) {
                // A last look: the line may have come together with the end.
                throw Failure.ended
            }
            try await clock.sleep(for: .milliseconds(10))
        }
        throw HarnessError(
            .launchFailed,
            "'\(self.command.text)' did not \(self.expectation) within "
                + "\(self.patience.components.seconds) s",
            cure: "run the command by hand; its output is in backend.stderr.log")
    }

    private var expectation: String {
        switch self.command.announcement {
        case .readyLine: "print its ready line"
        case .probe(let check): "answer at \(check.place)"
        }
    }

    /// The backend, when it is ready now.
    private func ask() async throws -> RunningBackend? {
        switch self.command.announcement {
        case .readyLine:
            guard let line = self.output.firstLine else { return nil }
            guard let ready = ReadyLine(line: line) else {
                throw HarnessError(
                    .launchFailed,
                    "the first line of '\(self.command.text)' is not a ready "
                        + "line: \(line.prefix(200))",
                    cure: "a launched serve prints {\"ready\":true,\"backend\":…,\"url\":…,\"pid\":…} first")
            }
            return self.backend(pid: ready.pid, url: ready.url)
        case .probe(let check):
            var pid = self.child
            if self.command.isSupervised {
                guard let line = self.output.firstLine, let child = SupervisedPID(line: line) else { return nil }
                pid = child.pid
            }
            guard ProcessStat.isAlive(pid), await ServerProbe.isReady(check) else { return nil }
            return self.backend(pid: pid, url: nil)
        }
    }

    private func backend(pid: Int32, url: String?) -> RunningBackend {
        RunningBackend(pid: pid, url: url, command: self.command.shown, log: self.log)
    }
}
