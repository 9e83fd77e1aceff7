import Backends
import Measure
import NIOCore
import NIOPosix
import Signaling
import Synchronization

/// One run of a plan against a backend: the control plane of the cells.
///
/// It starts the loops, takes a snapshot of them once a second, decides when the drain is over, and merges what they
/// recorded. It never touches a message.
package final class FleetRun: Sendable {
    private let configuration: CellConfiguration
    private let stop = Mutex<FleetOutcome.Ending?>(nil)

    package init(_ configuration: CellConfiguration) { self.configuration = configuration }

    /// Ends the run early; ``run(onSnapshot:)`` returns with what there is.
    package func interrupt() { self.end(.interrupted) }

    /// Tells the run that its backend is gone for good, for instance because its process ended.
    package func backendLost(_ detail: String) { self.end(.backendLost(at: 0, detail: detail)) }

    private func end(_ ending: FleetOutcome.Ending) {
        self.stop.withLock { if $0 == nil { $0 = ending } }
    }

    /// Plays the whole plan.
    ///
    /// - Parameters:
    ///   - beforeClosing: called when everything is recorded and the agents are still connected.
    ///   - onSnapshot: called about once a second, off the loops.
    /// - Returns: what was seen, also when the run ended early.
    /// - Throws: when TLS cannot be set up or an event loop fails; never for what the backend does.
    package func run(
        beforeClosing: @escaping @Sendable () async -> Void = {},
        onSnapshot: @escaping @Sendable (FleetSnapshot) -> Void
    ) async throws -> FleetOutcome {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: self.configuration.loops)
        do {
            let outcome = try await self.run(on: group, beforeClosing, onSnapshot)
            try await group.shutdownGracefully()
            return outcome
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private func run(
        on group: MultiThreadedEventLoopGroup, _ beforeClosing: @Sendable () async -> Void,
        _ onSnapshot: @escaping @Sendable (FleetSnapshot) -> Void
    ) async throws -> FleetOutcome {
        let endpoint = try Endpoint(self.configuration.settings)
        var cells: [NIOLoopBound<LoopCell>] = []
        for (number, loop) in group.makeIterator().enumerated() {
            let configuration = self.configuration
            cells.append(
                try await loop.submit {
                    NIOLoopBound(
                        LoopCell(loop: loop, number: number, configuration: configuration, endpoint: endpoint),
                        eventLoop: loop)
                }.get())
        }
        // A little ahead, so that no loop starts behind its plan.
        let origin = Instant(nanoseconds: Int64(NIODeadline.now().uptimeNanoseconds) + 20_000_000)
        for cell in cells { try await cell.eventLoop.submit { cell.value.start(at: origin) }.get() }
        var watch = Watch(configuration: self.configuration, origin: origin)
        var ending = FleetOutcome.Ending.completed
        while true {
            try await Task.sleep(for: .milliseconds(20))
            let now = Instant(nanoseconds: Int64(NIODeadline.now().uptimeNanoseconds))
            if let asked = self.stop.withLock({ $0 }) {
                ending = asked
                if case .backendLost(_, let detail) = asked {
                    ending = .backendLost(at: watch.seconds(now), detail: detail)
                }
                break
            }
            if watch.isSnapshotDue(now) {
                onSnapshot(watch.take(try await Self.snapshots(of: cells), at: now))
                if let lost = watch.lost {
                    ending = lost
                    break
                }
            }
            if watch.isDraining(now) {
                let unfinished = try await Self.unfinished(of: cells)
                if watch.isOver(now, unfinished: unfinished) { break }
            }
        }
        let end = Instant(nanoseconds: Int64(NIODeadline.now().uptimeNanoseconds))
        onSnapshot(watch.take(try await Self.snapshots(of: cells), at: end))
        let isPlanned = ending == .completed
        var samples = LoopSamples()
        for cell in cells {
            samples.add(try await cell.eventLoop.submit { cell.value.finish(planned: isPlanned) }.get())
        }
        samples.busiestLoop = watch.busiestLoop
        if samples[.sendLateness].count == 0 {
            samples.probes.swapAt(Probe.sendLateness.rawValue, Probe.sendLatenessOutside.rawValue)
        }
        await beforeClosing()
        for cell in cells { try await cell.eventLoop.flatSubmit { cell.value.closeAll() }.get() }
        return FleetOutcome(
            samples: samples, ending: ending, startedAt: origin, duration: watch.seconds(end),
            phases: watch.phases(until: end))
    }

    private static func snapshots(of cells: [NIOLoopBound<LoopCell>]) async throws -> [CellSnapshot] {
        var all: [CellSnapshot] = []
        for cell in cells { all.append(try await cell.eventLoop.submit { cell.value.snapshot() }.get()) }
        return all
    }

    private static func unfinished(of cells: [NIOLoopBound<LoopCell>]) async throws -> Int {
        var sum = 0
        for cell in cells { sum += try await cell.eventLoop.submit { cell.value.unfinished }.get() }
        return sum
    }
}
