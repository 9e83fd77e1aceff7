import Foundation
import Glibc
import Synchronization
import UnixSignals

/// The user's wish to end: the first Ctrl-C or SIGTERM ends the run in order, the second ends the process at once.
package final class Interruption: Sendable {
    private struct State: Sendable {
        var isRequested = false
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether somebody asked for the end.
    package var isRequested: Bool {
        self.state.withLock { $0.isRequested }
    }

    /// Asks for the end.
    ///
    /// - Returns: whether this was the first time.
    @discardableResult
    package func request() -> Bool {
        let (isFirst, action) = self.state.withLock { state in
            defer { state.isRequested = true }
            return (!state.isRequested, state.action)
        }
        if isFirst { action?() }
        return isFirst
    }

    /// Runs `body`; the end, when asked for meanwhile or before, calls `action`.
    ///
    /// - Parameters:
    ///   - action: starts an orderly end; called at most once, on any thread.
    ///   - body: the work.
    /// - Returns: what `body` returned.
    package func whileHandled<Outcome: Sendable>(
        by action: @escaping @Sendable () -> Void, _ body: () async throws -> Outcome
    ) async rethrows -> Outcome {
        let isLate = self.state.withLock { state in
            state.action = action
            return state.isRequested
        }
        if isLate { action() }
        defer { self.state.withLock { $0.action = nil } }
        return try await body()
    }

    /// Traps SIGINT, SIGTERM and SIGHUP until the returned task is cancelled.
    ///
    /// - Parameter onFirst: tells the user that the end has begun.
    /// - Returns: the task that listens.
    package func watchSignals(onFirst: @escaping @Sendable () -> Void) async -> Task<Void, Never> {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        return Task {
            for await _ in signals {
                if self.request() {
                    onFirst()
                } else {
                    // Children end by themselves: their standard input ends with this process.
                    _exit(CommandStatus.interrupted.rawValue)
                }
            }
        }
    }
}
