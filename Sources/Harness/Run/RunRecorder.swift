import Backends
import Fleet
import Foundation
import Measure
import NIOCore
import NIOPosix
import Reporting
import Synchronization
import Workload

/// Keeps a run's rows, one a second, and shows each on the progress line.
///
/// It takes a sample of CPU and memory with every snapshot of the fleet, so that both stand in one row.
final class RunRecorder: Sendable {
    private struct State: Sendable {
        var series = SeriesBuilder()
        var deliveries: UInt64 = 0
        var fanout = IntervalClusters()
        var signaling = IntervalClusters()
        var phase: FleetPhase?
        var rows: [SeriesRow] = []
    }

    private let state = Mutex(State())
    private let sampler: ProcessSampler
    private let printer: ProgressPrinter

    private let keepsRows: Bool

    init(sampler: ProcessSampler, printer: ProgressPrinter, keepsRows: Bool = false) {
        self.keepsRows = keepsRows
        self.sampler = sampler
        self.printer = printer
    }

    /// The rows so far.
    var series: SeriesReport {
        self.state.withLock { $0.series.build() }
    }

    /// The rows as they came; empty unless they are kept for a merge.
    var rows: [SeriesRow] {
        self.state.withLock { $0.rows }
    }

    /// The counts of fan-out of each second that lay within the steady phase.
    var fanout: IntervalClusters {
        self.state.withLock { $0.fanout }
    }

    /// The counts of the fan-out of signaling of each second.
    var signaling: IntervalClusters {
        self.state.withLock { $0.signaling }
    }

    /// Takes a second's figures.
    func take(_ snapshot: FleetSnapshot) {
        self.sampler.sample()
        self.take(snapshot, usage: self.sampler.samples.last)
    }

    /// Takes a second's figures, and what was used in it; nil in virtual time, which uses nothing.
    func take(_ snapshot: FleetSnapshot, usage: UsageSample?) {
        let arrived = self.state.withLock { state in
            defer { state.deliveries = snapshot.deliveries }
            var row = Self.row(snapshot, usage)
            state.series.add(row)
            row.signaling = snapshot.signaling
            if self.keepsRows { state.rows.append(row) }
            if state.phase == .steady, snapshot.phase == .steady { state.fanout.add(snapshot.fanout) }
            state.signaling.add(snapshot.signaling)
            state.phase = snapshot.phase
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

    static func figures(_ snapshot: FleetSnapshot, deliveries: Double) -> ProgressFigures {
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

/// Compares a broker's own count of messages sent before and after a run.
///
/// Nothing happens with backends that have no such counters, and none is missed.
final class BrokerCounting: Sendable {
    private struct State {
        var counters: BrokerCounters?
        var first: BrokerReading?
        var last: BrokerReading?
        /// Clients at the most, before the run and within it.
        var before: UInt64?
        var peak: UInt64?
    }

    private let settings: BackendSettings
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let state = Mutex(State())

    /// How long the first count may take to come: brokers keep it as a retained message, and many have none.
    private static let timeout = Duration.milliseconds(1_500)
    /// How long each further one may take.
    ///
    /// Mosquitto 2.0 lets a second more than its `sys_interval` pass; this is enough for an interval of one second on a
    /// busy machine.
    private static let interval = Duration.milliseconds(3_500)

    init(_ settings: BackendSettings) { self.settings = settings }

    /// Messages sent within the run to others than this object; nil where the broker does not say.
    var deliveries: Int64? {
        self.state.withLock { state in
            guard let first = state.first, let last = state.last else { return nil }
            return last.deliveries(since: first)
        }
    }

    /// Clients that the broker had at the end of the run, or at the most where that rose in it; nil where it does not say.
    var clients: UInt64? { self.state.withLock { $0.peak } }

    /// A number that the broker keeps as a retained message; outside of what is counted, which it would be a part of.
    private func retained(_ topic: String) async -> UInt64? {
        guard
            let counters = await BrokerCounters.watch(
                self.settings, on: self.group, seed: .random(in: 0 ... .max), topic: topic)
        else { return nil }
        var value: UInt64?
        if await Self.wait(for: 1, of: counters, Self.timeout) { value = await counters.reading()?.sent }
        await counters.stop()
        return value
    }

    /// Takes the count before the first agent connects.
    func begin() async {
        // Retained signs of presence are sent to each new subscriber: nobody can tell how many they should be.
        // Over WebSocket, Mosquitto 2.0 sends without counting.
        guard self.settings.options["presence"] != "retained", !self.settings.url.scheme.hasPrefix("ws"),
            let counters = await BrokerCounters.watch(
                self.settings, on: self.group, seed: .random(in: 0 ... .max))
        else { return }
        self.state.withLock { $0.counters = counters }
        // The retained count may be older than the connections of others; the second one is of now.
        guard await Self.wait(for: 1, of: counters, Self.timeout) else { return }
        // What this was sent stands in the count that follows it.
        let before = await self.retained(BrokerCounters.clients[1])
        let wanted = await counters.publications() + 1
        guard await Self.wait(for: wanted, of: counters, Self.interval) else { return }
        let first = await counters.reading()
        self.state.withLock { ($0.first, $0.before) = (first, before) }
    }

    /// Takes the count after a quiet interval, while the agents are still connected.
    func end() async {
        guard let counters = self.state.withLock({ $0.first == nil ? nil : $0.counters }) else { return }
        // One that was under way, and one after a quiet interval.
        let wanted = await counters.publications() + 2
        guard await Self.wait(for: wanted, of: counters, Self.interval * 2) else { return }
        let last = await counters.reading()
        self.state.withLock { $0.last = last }
        guard let before = self.state.withLock({ $0.before }) else { return }
        let now = await self.retained(BrokerCounters.clients[0]) ?? 0
        let most = await self.retained(BrokerCounters.clients[1]) ?? 0
        self.state.withLock { $0.peak = max(now, most > before ? most : 0) }
    }

    /// Whether the broker published so many counts in time.
    private static func wait(for count: UInt64, of counters: BrokerCounters, _ timeout: Duration) async -> Bool {
        let limit = ContinuousClock.now + timeout
        while await counters.publications() < count {
            guard ContinuousClock.now < limit else { return false }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return true
    }

    /// Ends the connection.
    func stop() async {
        await self.state.withLock({ $0.counters })?.stop()
        try? await self.group.shutdownGracefully()
    }
}

/// Rewrites the partial report every few seconds, so that a killed run leaves its rows behind.
final class PartialKeeper: Sendable {
    private static let interval = 5.0

    private let assembly: ResultAssembly
    private let files: ReportFiles
    private let profile: Profile
    private let recorder: RunRecorder
    private let startedAt = Date()
    private let last = Mutex(0.0)

    init(assembly: ResultAssembly, files: ReportFiles, profile: Profile, recorder: RunRecorder) {
        self.assembly = assembly
        self.files = files
        self.profile = profile
        self.recorder = recorder
    }

    /// Writes, when it is time to.
    ///
    /// - Parameter elapsed: seconds since T0.
    func keep(at elapsed: Double) {
        let isDue = self.last.withLock { last in
            guard elapsed - last >= Self.interval else { return false }
            last = elapsed
            return true
        }
        guard isDue else { return }
        var result = self.assembly.partial(at: self.startedAt, series: self.recorder.series)
        result.finishedAt = Timestamp.text(Date())
        // That it cannot be written now says nothing about the end, which is where it is reported.
        try? self.files.writePartial(ReportDocument(result: result, profile: self.profile.redacted))
    }
}
