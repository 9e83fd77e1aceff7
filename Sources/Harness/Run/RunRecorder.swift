import Fleet
import Measure
import Synchronization

/// Keeps a run's rows, one a second, and shows each on the progress line.
///
/// It takes a sample of CPU and memory with every snapshot of the fleet, so that both stand in one row.
final class RunRecorder: Sendable {
    private struct State: Sendable {
        var series = SeriesBuilder()
        var deliveries: UInt64 = 0
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
        self.state.withLock { $0.series.build() }
    }

    /// Takes a second's figures.
    func take(_ snapshot: FleetSnapshot) {
        self.sampler.sample()
        let usage = self.sampler.samples.last
        let arrived = self.state.withLock { state in
            defer { state.deliveries = snapshot.deliveries }
            state.series.add(Self.row(snapshot, usage))
            return snapshot.deliveries >= state.deliveries ? Double(snapshot.deliveries - state.deliveries) : 0
        }
        self.printer.show(Self.figures(snapshot, deliveries: arrived))
    }

    private static func row(_ snapshot: FleetSnapshot, _ usage: UsageSample?) -> SeriesRow {
        var row = SeriesRow(
            t: snapshot.elapsed, seconds: snapshot.interval, agentsConnected: snapshot.connected,
            connects: snapshot.connects, offered: snapshot.offered, sent: snapshot.sent,
            deliveries: snapshot.deliveries, useful: snapshot.useful, negotiated: snapshot.pairsNegotiated,
            connectable: snapshot.pairsConnectable, fanout: snapshot.fanout, loopLagMax: snapshot.loopLag,
            busiestLoop: snapshot.busiestLoop, generatorCPU: usage?.generatorCPU, generatorRSS: usage?.generatorRSS,
            backendCPU: usage?.backendCPU, backendRSS: usage?.backendRSS)
        row.further["machine.steal"] = usage?.steal
        return row
    }

    private static func figures(_ snapshot: FleetSnapshot, deliveries: Double) -> ProgressFigures {
        let remaining = snapshot.planEnd - snapshot.elapsed
        return ProgressFigures(
            phase: snapshot.phase.rawValue, elapsed: snapshot.elapsed, connected: snapshot.connected,
            requested: snapshot.requested,
            deliveriesPerSecond: snapshot.interval > 0 ? deliveries / snapshot.interval : 0,
            completion: snapshot.pairsExpected > 0
                ? Double(snapshot.pairsConnectable) / Double(snapshot.pairsExpected) : nil,
            fanoutP99: snapshot.fanout.quantile(0.99)?.milliseconds, loopLag: snapshot.loopLag,
            remaining: remaining > 0 ? remaining : nil)
    }
}
