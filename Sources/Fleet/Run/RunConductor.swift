import Measure
import NIOCore
import Signaling
import Workload

/// Leads one run through its phases by timers on its first loop.
///
/// Confined to that loop; it asks the cells on the others by futures.
final class RunConductor {
    private let run: FleetRun
    private let configuration: CellConfiguration
    private let cells: [NIOLoopBound<LoopCell>]
    private let loop: any EventLoop
    private let beforeClosing: @Sendable () -> EventLoopFuture<Void>
    private let onSnapshot: @Sendable (FleetSnapshot) -> Void
    private let origin: Instant
    private var watch: Watch
    private var nextSnapshot: Int64 = RunConductor.second
    private var isDone = false
    private let outcome: EventLoopPromise<FleetOutcome>

    private static let second: Int64 = 1_000_000_000
    /// A little ahead, so that no loop starts behind its plan.
    private static let headStart: Int64 = 20_000_000
    /// How often a drain looks whether it is over.
    private static let drainStep = TimeAmount.milliseconds(20)

    init(
        run: FleetRun, configuration: CellConfiguration, cells: [NIOLoopBound<LoopCell>],
        beforeClosing: @escaping @Sendable () -> EventLoopFuture<Void>,
        onSnapshot: @escaping @Sendable (FleetSnapshot) -> Void
    ) {
        self.run = run
        self.configuration = configuration
        self.cells = cells
        self.loop = cells[0].eventLoop
        self.beforeClosing = beforeClosing
        self.onSnapshot = onSnapshot
        self.origin = Instant(nanoseconds: Int64(self.loop.now.uptimeNanoseconds) + Self.headStart)
        self.watch = Watch(configuration: configuration, origin: self.origin)
        self.outcome = self.loop.makePromise()
    }

    private var now: Instant { Instant(nanoseconds: Int64(self.loop.now.uptimeNanoseconds)) }

    /// Starts the cells and the first timer.
    func begin() -> EventLoopFuture<FleetOutcome> {
        let origin = self.origin
        self.ask { $0.start(at: origin) }.whenComplete { result in
            switch result {
            case .success: self.step()
            case .failure(let error): self.outcome.fail(error)
            }
        }
        return self.outcome.futureResult
    }

    /// Something was asked of the run from outside.
    func wake() { self.endIfAsked() }

    /// Asks every cell the same; the answers come on this loop.
    private func ask<R: Sendable>(
        _ question: @escaping @Sendable (LoopCell) throws -> R
    ) -> EventLoopFuture<[R]>.Isolated {
        EventLoopFuture.whenAllSucceed(
            self.cells.map { cell in cell.eventLoop.submit { try question(cell.value) } }, on: self.loop
        ).assumeIsolated()
    }

    // MARK: Steps

    /// Waits for whatever comes next: a snapshot, or another look at the drain.
    private func step() {
        guard !self.isDone, !self.endIfAsked() else { return }
        let due = self.origin + self.nextSnapshot
        let at = NIODeadline.uptimeNanoseconds(UInt64(clamping: due.nanoseconds))
        let isDraining = self.watch.isDraining(self.now)
        let drainStart = NIODeadline.uptimeNanoseconds(
            UInt64(clamping: (self.origin + self.configuration.plan.phases.leaveEnd).nanoseconds))
        let next = isDraining ? min(at, self.loop.now + Self.drainStep) : min(at, max(drainStart, self.loop.now))
        self.loop.assumeIsolated().scheduleTask(deadline: next) { self.look() }
    }

    private func look() {
        guard !self.isDone, !self.endIfAsked() else { return }
        let now = self.now
        if now >= self.origin + self.nextSnapshot {
            while self.origin + self.nextSnapshot <= now { self.nextSnapshot += Self.second }
            self.ask { $0.snapshot() }.whenComplete { self.took($0) }
        } else if self.watch.isDraining(now) {
            self.lookAtDrain()
        } else {
            self.step()
        }
    }

    private func took(_ snapshots: Result<[CellSnapshot], any Error>) {
        guard !self.isDone else { return }
        switch snapshots {
        case .failure(let error): self.fail(error)
        case .success(let cells):
            let now = self.now
            self.onSnapshot(self.watch.take(cells, at: now))
            if let lost = self.watch.lost { return self.end(lost) }
            if self.watch.isDraining(now) { self.lookAtDrain() } else { self.step() }
        }
    }

    private func lookAtDrain() {
        self.ask { $0.unfinished }.whenComplete { result in
            guard !self.isDone else { return }
            switch result {
            case .failure(let error): self.fail(error)
            case .success(let counts):
                if self.watch.isOver(self.now, unfinished: counts.reduce(0, +)) {
                    self.end(.completed)
                } else {
                    self.step()
                }
            }
        }
    }

    @discardableResult
    private func endIfAsked() -> Bool {
        guard !self.isDone, let asked = self.run.ending else { return false }
        if case .backendLost(_, let detail) = asked {
            self.end(.backendLost(at: self.watch.seconds(self.now), detail: detail))
        } else {
            self.end(asked)
        }
        return true
    }

    // MARK: End

    private func fail(_ error: any Error) {
        self.isDone = true
        self.outcome.fail(error)
    }

    private func end(_ ending: FleetOutcome.Ending) {
        self.isDone = true
        let end = self.now
        let isPlanned = ending == .completed
        self.ask { ($0.snapshot(), $0.finish(planned: isPlanned)) }.whenComplete { result in
            switch result {
            case .failure(let error): self.outcome.fail(error)
            case .success(let cells):
                self.onSnapshot(self.watch.take(cells.map(\.0), at: end))
                self.close(self.merged(cells.map(\.1)), ending, at: end)
            }
        }
    }

    private func merged(_ parts: [LoopSamples]) -> LoopSamples {
        var samples = LoopSamples()
        for part in parts { samples.add(part) }
        samples.busiestLoop = self.watch.busiestLoop
        if samples[.sendLateness].count == 0 {
            samples.probes.swapAt(Probe.sendLateness.rawValue, Probe.sendLatenessOutside.rawValue)
        }
        return samples
    }

    private func close(_ samples: LoopSamples, _ ending: FleetOutcome.Ending, at end: Instant) {
        let outcome = FleetOutcome(
            samples: samples, ending: ending, roomPrefix: self.configuration.roomPrefix, startedAt: self.origin,
            duration: self.watch.seconds(end),
            phases: self.watch.phases(until: end))
        let cells = self.cells
        let loop = self.loop
        self.beforeClosing()
            .hop(to: loop)
            .flatMap {
                EventLoopFuture.andAllComplete(
                    cells.map { cell in cell.eventLoop.flatSubmit { cell.value.closeAll() } }, on: loop)
            }
            .map { outcome }
            .cascade(to: self.outcome)
    }
}

@available(*, unavailable)
extension RunConductor: Sendable {}
