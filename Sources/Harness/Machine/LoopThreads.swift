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
