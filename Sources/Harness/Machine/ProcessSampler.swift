import Glibc
package import Signaling
import Synchronization

/// Reads what the driver, the backend and the machine use, from the operating system.
///
/// Whoever owns it says when an interval ends, once a second in a run; one that was slept through gives a longer sample,
/// whose figures are rates over its true length.
package final class ProcessSampler: Sendable {
    private struct State: Sendable {
        var previousAt: Instant
        var previousGenerator: Double
        var previousBackend: Double?
        var previousTimes: CPUTimes?
        var loops: LoopThreads
        var previousThrottled: Double?
        var previousPressure: Double?
        var backend: ProcessTree?
        var samples: [UsageSample] = []
    }

    private let state: Mutex<State>
    private let machine = ProcFile("/proc/stat")
    private let memory = ProcFile("/proc/self/statm")
    private let pressure = ProcFile("/proc/pressure/cpu")
    private let quota = CPUQuota()
    private let cores = MachineFacts.usableCores()

    /// Starts a first, still empty interval.
    ///
    /// - Parameter backend: the backend's process, when its pid is known.
    package init(backend: Int32?) {
        let backend = backend.map(ProcessTree.init(root:))
        var loops = LoopThreads()
        _ = loops.advance(seconds: 0)
        self.state = Mutex(
            State(
                previousAt: MonotonicClock.now(), previousGenerator: Self.ownCPUSeconds(),
                previousBackend: backend?.usage()?.cpuSeconds,
                previousTimes: self.machine?.text().flatMap(CPUTimes.init(text:)), loops: loops,
                previousThrottled: self.quota?.throttledSeconds(), previousPressure: Self.seconds(of: self.pressure),
                backend: backend))
    }

    /// The backend is another process from now on.
    ///
    /// - Parameter pid: the new one.
    package func follow(_ pid: Int32) {
        let tree = ProcessTree(root: pid)
        self.state.withLock {
            $0.backend = tree; $0.previousBackend = tree.usage()?.cpuSeconds
        }
    }

    /// The samples so far, in order of time.
    package var samples: [UsageSample] {
        self.state.withLock { $0.samples }
    }

    /// Ends the present interval and records it; intervals below 50 ms say nothing and are left open.
    package func sample() {
        let now = MonotonicClock.now()
        self.state.withLock { state in
            let seconds = Double(now - state.previousAt) / 1e9
            guard seconds >= 0.05 else { return }
            let generator = Self.ownCPUSeconds()
            let backend = state.backend?.usage()
            let times = self.machine?.text().flatMap(CPUTimes.init(text:))
            let loops = state.loops.advance(seconds: seconds)
            let (throttled, pressure) = (self.quota?.throttledSeconds(), Self.seconds(of: self.pressure))
            var backendCPU: Double?
            if let backend, let previous = state.previousBackend {
                backendCPU = max(0, backend.cpuSeconds - previous) / seconds
            }
            state.samples.append(
                UsageSample(
                    at: now, seconds: seconds, generatorCPU: (generator - state.previousGenerator) / seconds,
                    generatorRSS: self.ownResidentBytes(), busiestLoop: loops?.busiest, runQueueDelay: loops?.delay,
                    backendCPU: backendCPU, backendRSS: backend.map { Double($0.residentBytes) },
                    steal: Self.steal(from: state.previousTimes, to: times),
                    throttled: Self.difference(from: state.previousThrottled, to: throttled).map {
                        CPUQuota.share($0, of: seconds, threads: state.loops.count, cores: self.cores)
                    },
                    pressure: Self.difference(from: state.previousPressure, to: pressure).map {
                        min(1, max(0, $0) / seconds)
                    }))
            state.previousThrottled = throttled
            state.previousPressure = pressure
            state.previousAt = now
            state.previousGenerator = generator
            state.previousBackend = backend?.cpuSeconds ?? state.previousBackend
            state.previousTimes = times
        }
    }

    /// CPU seconds of this process so far, user and system (getrusage(2)).
    package static func ownCPUSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    private func ownResidentBytes() -> Double {
        let fields = (self.memory?.text() ?? "").split(separator: " ")
        guard fields.count > 1, let pages = UInt64(fields[1]) else { return 0 }
        return Double(pages * ProcessStat.pageSize)
    }

    /// Seconds since boot in which some task waited for a core (PSI, Linux `Documentation/accounting/psi.rst`).
    private static func seconds(of pressure: ProcFile?) -> Double? {
        guard let total = pressure?.text()?.split(separator: "\n").first?.split(separator: "=").last else {
            return nil
        }
        return Double(total).map { $0 / 1e6 }
    }

    private static func difference(from earlier: Double?, to later: Double?) -> Double? {
        guard let earlier, let later else { return nil }
        return later - earlier
    }

    private static func steal(from earlier: CPUTimes?, to later: CPUTimes?) -> Double? {
        guard let earlier, let later else { return nil }
        return later.steal(since: earlier)
    }
}

/// What generator, backend and machine used within one sampling interval.
package struct UsageSample: Equatable, Sendable {
    /// The end of the interval.
    package var at: Instant
    /// Its length in seconds.
    package var seconds: Double
    /// CPU of the driver's process in cores, user and system.
    package var generatorCPU: Double
    /// Resident memory of the driver's process in bytes, at the end of the interval.
    package var generatorRSS: Double
    /// CPU of the busiest event loop in cores (0…1); `nil` when no loop ran.
    package var busiestLoop: Double?
    /// The longest that an event loop waited for a core, as a share of the interval; `nil` when unknown.
    package var runQueueDelay: Double?
    /// CPU of the backend and its children in cores; `nil` without a process of ours or once it ended.
    package var backendCPU: Double?
    /// Resident memory of the backend and its children in bytes.
    package var backendRSS: Double?
    /// The share of the machine's CPU time that the hypervisor gave to others (0…1); `nil` when unknown.
    package var steal: Double?
    /// The share of the interval, over the cores that its loops can use, that a CPU quota kept this
    /// process's group from running; `nil` without a quota.
    package var throttled: Double?
    /// The share of the interval in which some task waited for a core; `nil` when the kernel does not say.
    package var pressure: Double?
}

/// What a process used over a whole run.
package struct UsageTotals: Codable, Equatable, Sendable {
    /// CPU seconds, user and system.
    package var cpuSeconds: Double
    /// Mean cores.
    package var cores: Double
    /// Peak resident memory in bytes.
    package var peakRSS: Double

    /// The generator's totals.
    ///
    /// - Parameter samples: of the whole run.
    /// - Returns: `nil` for an empty list.
    package static func generator(_ samples: [UsageSample]) -> UsageTotals? {
        Self.of(samples.map { ($0.seconds, $0.generatorCPU, $0.generatorRSS) })
    }

    /// The backend's totals over the intervals in which it was seen.
    ///
    /// - Parameter samples: of the whole run.
    /// - Returns: `nil` for a backend whose process is not known.
    package static func backend(_ samples: [UsageSample]) -> UsageTotals? {
        Self.of(
            samples.compactMap { sample in
                guard let cpu = sample.backendCPU, let rss = sample.backendRSS else { return nil }
                return (sample.seconds, cpu, rss)
            })
    }

    private static func of(_ rows: [(seconds: Double, cores: Double, rss: Double)]) -> UsageTotals? {
        let seconds = rows.reduce(0) { $0 + $1.seconds }
        guard seconds > 0 else { return nil }
        let cpuSeconds = rows.reduce(0) { $0 + $1.cores * $1.seconds }
        return UsageTotals(
            cpuSeconds: cpuSeconds, cores: cpuSeconds / seconds, peakRSS: rows.map(\.rss).max() ?? 0)
    }
}

/// The machine's CPU time since boot by what it went to, in clock ticks (`/proc/stat`, proc(5)).
package struct CPUTimes: Equatable, Sendable {
    /// All columns except guest time, which user time already holds.
    package var total: UInt64
    /// Time that the hypervisor gave to other guests (column 8).
    package var steal: UInt64

    /// Reads `/proc/stat`; `nil` when it lacks the line of all CPUs.
    ///
    /// - Parameter text: the file's text.
    package init?(text: String) {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }) else { return nil }
        let columns = line.split(separator: " ").dropFirst().prefix(8).map { UInt64($0) ?? 0 }
        guard columns.count == 8 else { return nil }
        self.total = columns.reduce(0, +)
        self.steal = columns[7]
    }

    /// The share of CPU time that was stolen since an earlier reading.
    ///
    /// - Parameter earlier: a reading before this one.
    /// - Returns: 0…1, or `nil` when no time has passed.
    package func steal(since earlier: CPUTimes) -> Double? {
        guard self.total > earlier.total, self.steal >= earlier.steal else { return nil }
        return Double(self.steal - earlier.steal) / Double(self.total - earlier.total)
    }
}

/// The event-loop threads of this process, told from others by their name.
package struct LoopThreads: Sendable {
    /// CPU time and waiting time of one thread so far (`schedstat`, in nanoseconds).
    private struct Times: Sendable {
        let file: ProcFile
        var running: UInt64
        var waiting: UInt64
    }

    private let prefix: String
    private var threads: [String: Times] = [:]

    /// How many there were at the last call of ``advance(seconds:)``.
    var count: Int { self.threads.count }

    /// Follows the threads whose name begins with a prefix.
    ///
    /// - Parameter prefix: NIO names the threads of a group `NIO-ELT-<group>-#<n>`.
    package init(prefix: String = "NIO-ELT-") {
        self.prefix = prefix
    }

    /// The busiest thread and the longest wait for a core since the last call.
    ///
    /// - Parameter seconds: how long ago that was.
    /// - Returns: both in cores (seconds a second); `nil` when no such thread was there before.
    package mutating func advance(seconds: Double) -> (busiest: Double, delay: Double)? {
        var busiest: Double?
        var delay = 0.0
        var present: [String: Times] = [:]
        for thread in DirectoryListing.names(in: "/proc/self/task") {
            if var known = self.threads[thread] {
                guard let (running, waiting) = Self.read(known.file) else { continue }
                if seconds > 0 {
                    busiest = max(busiest ?? 0, Double(running &- known.running) / 1e9 / seconds)
                    delay = max(delay, Double(waiting &- known.waiting) / 1e9 / seconds)
                }
                known.running = running
                known.waiting = waiting
                present[thread] = known
            } else if let name = ProcFile.text(of: "/proc/self/task/\(thread)/comm"), name.hasPrefix(self.prefix),
                let file = ProcFile("/proc/self/task/\(thread)/schedstat"), let (running, waiting) = Self.read(file)
            {
                present[thread] = Times(file: file, running: running, waiting: waiting)
            }
        }
        self.threads = present
        return busiest.map { ($0, delay) }
    }

    private static func read(_ file: ProcFile) -> (running: UInt64, waiting: UInt64)? {
        let fields = (file.text() ?? "").split(separator: " ")
        guard fields.count >= 2, let running = UInt64(fields[0]), let waiting = UInt64(fields[1]) else { return nil }
        return (running, waiting)
    }
}
