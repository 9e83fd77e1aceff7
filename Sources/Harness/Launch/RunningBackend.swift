import Glibc
import Subprocess

/// A backend that we started and that takes connections.
package struct RunningBackend: Sendable {
    /// The process whose CPU and memory are the backend's.
    package let pid: Int32
    /// Where it listens, when it said so itself.
    package let url: String?
    /// The command that started it, for the report.
    package let command: [String]
    /// Its standard error so far.
    package let log: OutputLog

    /// Whether it still runs.
    package var isAlive: Bool {
        ProcessStat.isAlive(self.pid)
    }
}
