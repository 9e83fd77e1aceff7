import Fleet
import Foundation
import Measure
import NIOCore
import Signaling
import Simulation
import Synchronization
import Workload

/// Plays a profile for many virtual hours, and looks at what the process holds.
struct Soak {
    var path: String
    var hours: Double

    /// Growth after the second hour that is no leak: counters of widening collections, and histograms of rare samples.
    private static let mostGrowth = 1.1

    /// - Returns: whether memory stayed flat after the second hour, and nothing was left over or lost.
    func run() throws -> Bool {
        var profile = try ProfileReader.read(
            text: String(contentsOfFile: self.path, encoding: .utf8), file: self.path)
        profile.phases.steady = .seconds(Int64(self.hours * 3_600))
        var run = SimulatedRun(profile)
        run.backend = profile.backend.id
        run.links.delay = .exponential(.milliseconds(2))
        let memory = Mutex<[Int]>([])
        let began = ContinuousClock.now
        let result = try run.play(log: LinkLog(followsTags: false)) { snapshot in
            let hour = Int(snapshot.elapsed / 3_600)
            guard memory.withLock({ $0.count }) < hour else { return }
            let resident = Self.residentBytes
            memory.withLock { $0.append(resident) }
            print("hour \(hour): \(resident >> 20) MiB, after \((ContinuousClock.now - began).formatted())")
        }
        let samples = result.outcome.samples
        print(
            "\(self.hours) h in \((ContinuousClock.now - began).formatted()): \(samples.traffic.sent) messages, "
                + "\(samples.traffic.deliveries) deliveries, \(samples.session.sessionsPlanned) sessions, "
                + "\(samples.pairs.count) pairs, \(samples.ledger.lost) lost, left over: \(result.leaks)")
        let hourly = memory.withLock { $0 }
        let isFlat = hourly.count < 3 || Double(hourly[hourly.count - 1]) <= Double(hourly[1]) * Self.mostGrowth
        if !isFlat { print("memory grew from \(hourly[1] >> 20) to \(hourly[hourly.count - 1] >> 20) MiB") }
        return isFlat && result.leaks == Simulation.Leaks() && samples.ledger.lost == 0
    }

    /// Bytes of memory that this process has (proc_pid_statm(5)).
    private static var residentBytes: Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }
}
