package import Backends
import Measure
package import NIOCore
import Signaling
import Synchronization

/// One run of a plan against a backend, on event loops that the caller made.
///
/// It makes a cell on each loop, takes a snapshot of them once a second, decides when the drain is over, and merges what
/// they recorded. It never touches a message, and its only clock is that of its first loop, so that it runs in virtual
/// time as it does in real time.
package final class FleetRun: Sendable {
    private let configuration: CellConfiguration
    private let network: (any Network)?
    private let asked = Mutex<Request>(Request())

    /// What was asked of the run from outside.
    private struct Request: Sendable {
        var ending: FleetOutcome.Ending?
        var wake: (@Sendable () -> Void)?
    }

    /// - Parameters:
    ///   - configuration: the plan and the backend.
    ///   - network: what opens the agents' channels; nil for TCP sockets, as the settings want them.
    package init(_ configuration: CellConfiguration, network: (any Network)? = nil) {
        self.configuration = configuration
        self.network = network
    }

    /// Ends the run early, with what there is.
    package func interrupt() { self.end(.interrupted) }

    /// Tells the run that its backend is gone for good, for instance because its process ended.
    package func backendLost(_ detail: String) { self.end(.backendLost(at: 0, detail: detail)) }

    private func end(_ ending: FleetOutcome.Ending) {
        let wake = self.asked.withLock { request in
            if request.ending == nil { request.ending = ending }
            return request.wake
        }
        wake?()
    }

    /// How it was asked to end; nil when it was not.
    var ending: FleetOutcome.Ending? { self.asked.withLock { $0.ending } }

    /// Plays the whole plan.
    ///
    /// - Parameters:
    ///   - loops: as many as the configuration says.
    ///   - beforeClosing: called when everything is recorded and the agents are still connected.
    ///   - onSnapshot: called about once a second, on the first loop.
    /// - Returns: what was seen, also when the run ended early; a failure only for settings that make no sense or for a
    ///   loop that fails, never for what the backend does.
    package func start(
        on loops: [any EventLoop],
        beforeClosing: @escaping @Sendable () -> EventLoopFuture<Void>,
        onSnapshot: @escaping @Sendable (FleetSnapshot) -> Void
    ) -> EventLoopFuture<FleetOutcome> {
        let endpoint: Endpoint
        do {
            endpoint = try Endpoint(self.configuration.settings, network: self.network)
        } catch {
            return loops[0].makeFailedFuture(error)
        }
        let configuration = self.configuration
        let made = loops.enumerated().map { number, loop in
            loop.submit {
                NIOLoopBound(
                    try LoopCell(loop: loop, number: number, configuration: configuration, endpoint: endpoint),
                    eventLoop: loop)
            }
        }
        return EventLoopFuture.whenAllSucceed(made, on: loops[0]).flatMap { cells in
            let conductor = RunConductor(
                run: self, configuration: configuration, cells: cells, beforeClosing: beforeClosing,
                onSnapshot: onSnapshot)
            let bound = NIOLoopBound(conductor, eventLoop: loops[0])
            self.asked.withLock { $0.wake = { loops[0].execute { bound.value.wake() } } }
            return conductor.begin().map { outcome in
                var outcome = outcome
                outcome.addresses = endpoint.usedAddresses
                return outcome
            }
        }
        // What wakes the conductor holds it, and the conductor holds the run.
        .always { _ in self.asked.withLock { $0.wake = nil } }
    }

    /// The same for callers outside of any loop.
    package func run(
        on loops: [any EventLoop],
        beforeClosing: @escaping @Sendable () async -> Void = {},
        onSnapshot: @escaping @Sendable (FleetSnapshot) -> Void = { _ in }
    ) async throws -> FleetOutcome {
        try await self.start(
            on: loops, beforeClosing: { loops[0].makeFutureWithTask { await beforeClosing() } }, onSnapshot: onSnapshot
        ).get()
    }
}
