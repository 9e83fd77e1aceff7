import Dispatch
package import Fleet
import Synchronization
import Workload

/// A run in virtual time whose rooms are played in parts, side by side on the processors.
///
/// Rooms that share nothing but a server without a service law cannot feel each other, so each part has a server of its own
/// and is over before memory is needed for the next. The same run in as many parts comes to the same result on any number
/// of processors: parts are merged in their order.
package struct SimulatedParts: Sendable {
    private let run: SimulatedRun
    private let count: Int
    private let processors: Int

    /// - Parameters:
    ///   - run: the run; its own shard is not used.
    ///   - count: how many parts.
    ///   - processors: how many are played at once.
    package init(_ run: SimulatedRun, count: Int, processors: Int) {
        self.run = run
        self.count = min(max(1, count), Shard.mostCount)
        self.processors = max(1, processors)
    }

    /// What came of all parts together.
    package struct Merged: Sendable {
        package var outcome: FleetOutcome
        /// One a virtual second.
        package var snapshots: [FleetSnapshot]
    }

    /// How far it has come: parts that are over, and the last second of one that is not.
    package typealias Progress = @Sendable (_ done: Int, _ snapshot: FleetSnapshot) -> Void

    private struct State: Sendable {
        var next = 0
        var waiting: [Int: Merged] = [:]
        var merged: Merged?
        var mergedCount = 0
        var failure: (any Error)?
    }

    /// Plays all parts; returns when the last is over.
    ///
    /// - Parameters:
    ///   - isCancelled: asked once a virtual second; what is being played then ends in order, and nothing else begins.
    ///   - progress: called once a virtual second of each part, on any thread.
    /// - Returns: all of them merged.
    /// - Throws: what the first part to fail throws.
    package func play(
        isCancelled: @escaping @Sendable () -> Bool, progress: @escaping Progress
    ) throws -> Merged? {
        let state = Mutex(State())
        let plan = self.run.plan
        DispatchQueue.concurrentPerform(iterations: min(self.processors, self.count)) { _ in
            while let number = self.take(state, isCancelled()) {
                do {
                    let part = try self.play(number, plan, isCancelled) { snapshot in
                        progress(state.withLock { $0.mergedCount + $0.waiting.count }, snapshot)
                    }
                    state.withLock { Self.keep(part, number, &$0) }
                } catch {
                    state.withLock { if $0.failure == nil { $0.failure = error } }
                }
            }
        }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            // Parts that never began leave gaps before those that did.
            for number in state.waiting.keys.sorted() { Self.merge(&state, number) }
            return state.merged
        }
    }

    private func take(_ state: borrowing Mutex<State>, _ isCancelled: Bool) -> Int? {
        state.withLock { state in
            guard state.next < self.count, state.failure == nil, !(isCancelled && state.next > 0) else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    private func play(
        _ number: Int, _ plan: Plan, _ isCancelled: @escaping @Sendable () -> Bool,
        onSnapshot: @escaping @Sendable (FleetSnapshot) -> Void
    ) throws -> Merged {
        var run = self.run
        run.shard = Shard(index: number, count: self.count) ?? .whole
        let snapshots = Mutex([FleetSnapshot]())
        let result = try run.play(
            plan, log: LinkLog(followsTags: false),
            onSnapshot: { snapshot in
                snapshots.withLock { $0.append(snapshot) }
                onSnapshot(snapshot)
            }, isCancelled: isCancelled)
        return Merged(
            outcome: result.outcome, snapshots: snapshots.withLock { $0 })
    }

    private static func keep(_ part: Merged, _ number: Int, _ state: inout State) {
        state.waiting[number] = part
        while state.waiting[state.mergedCount] != nil { Self.merge(&state, state.mergedCount) }
    }

    private static func merge(_ state: inout State, _ number: Int) {
        guard let part = state.waiting.removeValue(forKey: number) else { return }
        state.mergedCount += 1
        guard var merged = state.merged else {
            state.merged = part
            return
        }
        // The old value would be a second copy of everything.
        state.merged = nil
        merged.outcome.add(part.outcome)
        merged.snapshots = Self.merged(merged.snapshots, part.snapshots)
        state.merged = merged
    }

    /// Second by second; the totals of the shorter series stay as they were at its end.
    private static func merged(_ one: [FleetSnapshot], _ other: [FleetSnapshot]) -> [FleetSnapshot] {
        let (longer, shorter) = one.count >= other.count ? (one, other) : (other, one)
        guard let last = shorter.last else { return longer }
        return longer.enumerated().map { index, row in
            var row = row
            row.add(
                index < shorter.count
                    ? shorter[index] : last.later(elapsed: row.elapsed, interval: row.interval, phase: row.phase))
            return row
        }
    }
}
