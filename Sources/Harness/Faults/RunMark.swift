import Foundation
import Glibc

/// The name of what a run makes on the machine beside itself, which says whose it is.
///
/// A driver that was killed leaves its things behind; the next run finds by the name that nobody owns them.
struct RunMark: Equatable, Sendable {
    private static let prefix = "signalbench-fault"

    /// The driver, and when it started: numbers of processes are used again.
    let pid: Int32
    private let start: UInt64
    /// The namespace that the number of the process holds in.
    private let space: UInt64

    /// This process's; nil where `/proc` does not show it.
    static var own: RunMark? {
        guard let stat = ProcessStat(pid: getpid()), let space = Self.ownSpace else { return nil }
        return RunMark(pid: stat.pid, start: stat.startTicks, space: space)
    }

    init(pid: Int32, start: UInt64, space: UInt64) {
        self.pid = pid
        self.start = start
        self.space = space
    }

    /// Reads a name; nil when it is none of ours.
    init?(name: String) {
        let parts = name.split(separator: ".")
        guard parts.count == 4, parts[0] == Self.prefix, let pid = Int32(parts[1]), let start = UInt64(parts[2]),
            let space = UInt64(parts[3])
        else { return nil }
        self.init(pid: pid, start: start, space: space)
    }

    var name: String { "\(Self.prefix).\(self.pid).\(self.start).\(self.space)" }

    /// Whether its driver is gone for certain; one of another container cannot be seen from here.
    var isAbandoned: Bool {
        guard self.space == Self.ownSpace else { return false }
        guard let stat = ProcessStat(pid: self.pid), !stat.hasEnded else { return true }
        return stat.startTicks != self.start
    }

    private static var ownSpace: UInt64? {
        guard let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid") else {
            return nil
        }
        return UInt64(link.filter(\.isNumber))
    }
}
