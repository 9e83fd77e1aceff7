package import Dispatch
import Glibc
package import NIOCore

/// An event loop whose clock moves only when it is told to.
///
/// Tasks run in the order of their times, and at one time in the order in which they were scheduled. NIO's
/// `EmbeddedEventLoop` does that, too, but cannot say when its next task is due or how many are left, which the driver
/// and its leak check need, and it searches all of them to cancel one.
///
/// Sound as `Sendable` because it is confined to the thread that made it: whatever changes it (``step(until:)``, ``clear()``, and
/// every way to schedule or cancel) traps on another one, and so does a look at the clock.
package final class VirtualLoop: EventLoop, @unchecked Sendable {
    /// One task, until it has run or is cancelled.
    private final class Entry {
        let time: NIODeadline
        let order: UInt64
        var run: (() -> Void)?

        init(time: NIODeadline, order: UInt64, run: @escaping () -> Void) {
            self.time = time
            self.order = order
            self.run = run
        }

        func isBefore(_ other: Entry) -> Bool {
            self.time == other.time ? self.order < other.order : self.time < other.time
        }
    }

    private let thread = pthread_self()
    private var clock: NIODeadline
    private var heap: [Entry] = []
    private var order: UInt64 = 0
    private var cancelled = 0
    private var atOnce = 0
    /// Tasks that ran.
    package private(set) var steps = 0

    /// More tasks than this at one time are a loop without end.
    private static let livelock = 5_000_000

    /// - Parameter start: what the clock shows at first.
    package init(start: NIODeadline = .uptimeNanoseconds(1_000_000_000)) { self.clock = start }

    package var now: NIODeadline {
        self.checkThread()
        return self.clock
    }

    package var inEventLoop: Bool { pthread_equal(self.thread, pthread_self()) != 0 }

    /// Tasks that are scheduled and neither ran nor were cancelled.
    package var pending: Int { self.heap.count - self.cancelled }

    /// When the next task is due.
    package var next: NIODeadline? {
        self.dropCancelled()
        return self.heap.first?.time
    }

    // MARK: Driving

    /// Runs the next task, if it is due by a time; the clock then shows the task's time.
    package func step(until limit: NIODeadline) -> Bool {
        self.checkThread()
        guard let time = self.next, time <= limit else { return false }
        let entry = self.pop()
        self.atOnce = time > self.clock ? 0 : self.atOnce + 1
        precondition(self.atOnce < Self.livelock, "the clock stands still: tasks schedule tasks without end")
        self.clock = max(self.clock, time)
        self.steps += 1
        let run = entry.run
        entry.run = nil
        run?()
        return true
    }

    /// Runs everything that is due by a time, which the clock then shows.
    package func run(until limit: NIODeadline) {
        while self.step(until: limit) {}
        self.clock = max(self.clock, limit)
    }

    /// Forgets everything that is scheduled.
    package func clear() {
        self.checkThread()
        self.heap = []
        self.cancelled = 0
    }

    // MARK: EventLoop

    package func execute(_ task: @escaping @Sendable () -> Void) { _ = self.push(at: self.clock, task) }

    /// Runs something at a time, without a promise for it.
    package func at(_ time: NIODeadline, _ task: @escaping @Sendable () -> Void) { _ = self.push(at: time, task) }

    package func scheduleTask<T>(
        deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> {
        let promise = self.makePromise(of: T.self)
        let entry = self.push(at: deadline) {
            do {
                promise.assumeIsolated().succeed(try task())
            } catch {
                promise.fail(error)
            }
        }
        let bound = NIOLoopBound(entry, eventLoop: self)
        return Scheduled(promise: promise, cancellationTask: { self.cancel(bound.value) })
    }

    package func scheduleTask<T>(in delay: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        self.scheduleTask(deadline: self.clock + delay, task)
    }

    package func _preconditionSafeToWait(file: StaticString, line: UInt) {}

    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        self.clear()
        queue.async { callback(nil) }
    }

    private func checkThread() { precondition(self.inEventLoop, "a virtual loop was used from another thread") }

    // MARK: Heap

    private func push(at time: NIODeadline, _ run: @escaping () -> Void) -> Entry {
        self.checkThread()
        self.order += 1
        let entry = Entry(time: max(time, self.clock), order: self.order, run: run)
        self.heap.append(entry)
        var place = self.heap.count - 1
        while place > 0, entry.isBefore(self.heap[(place - 1) / 2]) {
            self.heap[place] = self.heap[(place - 1) / 2]
            place = (place - 1) / 2
        }
        self.heap[place] = entry
        return entry
    }

    private func pop() -> Entry {
        let first = self.heap[0]
        let last = self.heap.removeLast()
        if !self.heap.isEmpty { self.sink(last, from: 0) }
        return first
    }

    private func sink(_ entry: Entry, from start: Int) {
        var place = start
        while true {
            var child = 2 * place + 1
            guard child < self.heap.count else { break }
            if child + 1 < self.heap.count, self.heap[child + 1].isBefore(self.heap[child]) { child += 1 }
            guard self.heap[child].isBefore(entry) else { break }
            self.heap[place] = self.heap[child]
            place = child
        }
        self.heap[place] = entry
    }

    private func cancel(_ entry: Entry) {
        guard entry.run.take() != nil else { return }
        self.cancelled += 1
        // What was cancelled long before its time must not pile up.
        guard self.cancelled > 1_024, self.cancelled > self.heap.count / 2 else { return }
        self.heap.removeAll { $0.run == nil }
        self.cancelled = 0
        for place in stride(from: self.heap.count / 2 - 1, through: 0, by: -1) {
            self.sink(self.heap[place], from: place)
        }
    }

    private func dropCancelled() {
        while let first = self.heap.first, first.run == nil {
            _ = self.pop()
            self.cancelled -= 1
        }
    }
}

/// Swift tasks run on the loop, too: as the executor of an actor, and of tasks that prefer it.
extension VirtualLoop: NIOSerialEventLoopExecutor, TaskExecutor {
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.execute {
            job.runSynchronously(
                isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        }
    }
}
