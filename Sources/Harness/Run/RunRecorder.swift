import Fleet
import Measure
import Synchronization

/// Keeps a run's rows, one a second, and shows each on the progress line.
///
/// It takes a sample of CPU and memory with every snapshot of the fleet, so that both stand in one row.
final class RunRecorder: Sendable {
    private struct State: Sendable {
        var series = SeriesReport()
        var previous: (sent: UInt64, deliveries: UInt64, useful: UInt64, negotiated: Int, connectable: Int) =
            (0, 0, 0, 0, 0)
    }

    private let state = Mutex(State())
    private let sampler: ProcessSampler
    private let printer: ProgressPrinter

    init(sampler: ProcessSampler, printer: ProgressPrinter) {
        self.sampler = sampler
        self.printer = printer
    }

    /// The rows so far.
    var series: SeriesReport {
        self.state.withLock { $0.series }
    }

    /// Takes a second's figures.
    func take(_ snapshot: FleetSnapshot) {
        self.sampler.sample()
        let usage = self.sampler.samples.last
        let deliveries = self.state.withLock { state in
            let before = state.previous
            state.previous = (
                snapshot.sent, snapshot.deliveries, snapshot.useful, snapshot.pairsNegotiated, snapshot.pairsConnectable
            )
            let arrived = Double(snapshot.deliveries - before.deliveries)
            let quantile = { (q: Double) -> Double? in
                guard case .value(let nanoseconds)? = snapshot.fanout.quantile(q) else { return nil }
                return Double(nanoseconds) / 1e6
            }
            let row: [String: Double?] = [
                "seconds": snapshot.interval,
                "agents.connected": Double(snapshot.connected),
                "connects": Double(snapshot.connects),
                "offered": Double(snapshot.offered),
                "sent": Double(snapshot.sent - before.sent),
                "deliveries": arrived,
                "useful": Double(snapshot.useful - before.useful),
                "negotiated": Double(snapshot.pairsNegotiated - before.negotiated),
                "connectable": Double(snapshot.pairsConnectable - before.connectable),
                "fanout.p50": quantile(0.5), "fanout.p90": quantile(0.9), "fanout.p99": quantile(0.99),
                "fanout.max": snapshot.fanout.count > 0 ? Double(snapshot.fanout.max) / 1e6 : nil,
                "loopLag.max": snapshot.loopLag,
                "generator.busiestLoop": snapshot.busiestLoop,
                "generator.cpu": usage?.generatorCPU, "generator.rss": usage?.generatorRSS,
                "backend.cpu": usage?.backendCPU, "backend.rss": usage?.backendRSS,
                "machine.steal": usage?.steal,
            ]
            state.series.t.append(snapshot.elapsed)
            for (name, value) in row { state.series.columns[name, default: []].append(value) }
            return arrived
        }
        self.printer.show(Self.figures(snapshot, deliveries: deliveries))
    }

    private static func figures(_ snapshot: FleetSnapshot, deliveries: Double) -> ProgressFigures {
        var p99: Double?
        if case .value(let nanoseconds)? = snapshot.fanout.quantile(0.99) { p99 = Double(nanoseconds) / 1e6 }
        let remaining = snapshot.planEnd - snapshot.elapsed
        return ProgressFigures(
            phase: snapshot.phase.rawValue, elapsed: snapshot.elapsed, connected: snapshot.connected,
            requested: snapshot.requested,
            deliveriesPerSecond: snapshot.interval > 0 ? deliveries / snapshot.interval : 0,
            completion: snapshot.pairsExpected > 0
                ? Double(snapshot.pairsConnectable) / Double(snapshot.pairsExpected) : nil,
            fanoutP99: p99, loopLag: snapshot.loopLag, remaining: remaining > 0 ? remaining : nil)
    }
}
