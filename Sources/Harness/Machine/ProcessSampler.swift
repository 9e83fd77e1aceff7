import Glibc
import Signaling
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
        var samples: [UsageSample] = []
    }

    private let state: Mutex<State>
    private let machine = ProcFile("/proc/stat")
    private let memory = ProcFile("/proc/self/statm")
    private let backend: ProcessTree?

    /// Starts a first, still empty interval.
    ///
    /// - Parameter backend: the backend's process, when its pid is known.
    package init(backend: Int32?) {
        self.backend = backend.map(ProcessTree.init(root:))
        var loops = LoopThreads()
        _ = loops.advance(seconds: 0)
        self.state = Mutex(
            State(
                previousAt: MonotonicClock.now(), previousGenerator: Self.ownCPUSeconds(),
                previousBackend: self.backend?.usage()?.cpuSeconds,
                previousTimes: self.machine?.text().flatMap(CPUTimes.init(text:)), loops: loops))
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
            let backend = self.backend?.usage()
            let times = self.machine?.text().flatMap(CPUTimes.init(text:))
            let loops = state.loops.advance(seconds: seconds)
            var backendCPU: Double?
            if let backend, let previous = state.previousBackend {
                backendCPU = max(0, backend.cpuSeconds - previous) / seconds
            }
            state.samples.append(
                UsageSample(
                    at: now, seconds: seconds, generatorCPU: (generator - state.previousGenerator) / seconds,
                    generatorRSS: self.ownResidentBytes(), busiestLoop: loops?.busiest, runQueueDelay: loops?.delay,
                    backendCPU: backendCPU, backendRSS: backend.map { Double($0.residentBytes) },
                    steal: Self.steal(from: state.previousTimes, to: times)))
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

    private static func steal(from earlier: CPUTimes?, to later: CPUTimes?) -> Double? {
        guard let earlier, let later else { return nil }
        return later.steal(since: earlier)
    }
}
