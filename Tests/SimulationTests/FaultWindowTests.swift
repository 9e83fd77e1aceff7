import Backends
import Fleet
import Measure
import NIOCore
import Signaling
import Simulation
import Testing
import Workload

/// Before, during and after faults whose effect is known, in virtual time.
struct FaultWindowTests {
    /// The network counts from the start, which is 20 ms before T0.
    private func run(_ faults: [Profile.Fault], network: [SimulatedRun.PlannedFault]) -> SimulatedRun {
        var run = SimulatedRun(agents: 12, roomSize: 4, candidates: 1)
        run.profile.chatter = .init()
        run.profile.chatter?.rate = .init(perSecond: 5)
        run.profile.phases.steady = .seconds(12)
        run.profile.signaling.timeout = .seconds(3)
        run.links = LinkOptions(delay: .fixed(.milliseconds(10)))
        run.reconnect = .backoff
        run.profile.faults = faults
        run.faults = network
        return run
    }

    private func reports(_ run: SimulatedRun) throws -> (faults: [FaultReport], samples: LoopSamples) {
        let outcome = try run.play().outcome
        let faults = FaultAssembly(
            samples: outcome.samples, origin: outcome.startedAt, duration: outcome.duration,
            timeout: run.plan.timeoutNanoseconds
        ).reports
        return (faults, outcome.samples)
    }

    @Test func `a stall delays what was due in it, and its backlog is gone when the last of it has come`() throws {
        var stall = Profile.Fault(at: .seconds(5), kind: .stall)
        stall.span = .seconds(2)
        let (faults, samples) = try self.reports(
            self.run([stall], network: [.init(at: .milliseconds(5_020), .partition(.seconds(2)))]))
        let fault = try #require(faults.first)
        #expect(faults.count == 1 && fault.kind == "stall" && fault.start == 5 && fault.end == 7)
        #expect(fault.before.fanout?.p50.map { abs($0 - 20) < 1 } == true)
        #expect(fault.after.fanout?.p50.map { abs($0 - 20) < 1 } == true)
        // Each waited for what was left of the two seconds.
        #expect(try #require(fault.during.fanout?.max) > 1_500)
        #expect(try #require(fault.during.fanout?.p50) > 500)
        #expect(fault.backlog > 0 && fault.backlog < 100)
        #expect(try #require(fault.firstDelivery) < 100)
        #expect(fault.recovered && fault.recovery == max(fault.backlog, fault.firstDelivery ?? 0))
        #expect(fault.peakReconnects == 0 && fault.during.reconnects == 0)
        // Every delivery of the run stands in one of the windows.
        let windows = [fault.before, fault.during, fault.after]
        let timed = SignalKind.allCases.reduce(0) { $0 + samples[Probe.delivery($1)].count }
        #expect(windows.reduce(0) { $0 + $1.deliveries } == timed)
        #expect(windows.reduce(0) { $0 + $1.lost + $1.unsent } == 0)
        #expect(windows.reduce(0) { $0 + $1.pairs } == samples.pairs.count { !$0.progress.isCensored })
        let metrics = FaultReport.metrics(of: faults)
        #expect(metrics["fault.stall.recovery.time"] == fault.recovery)
        #expect(metrics.keys.allSatisfy { MetricCatalogue.find($0) != nil })
        #expect(try Gate.parse("fault.stall.recovery.time < 5s").judged(against: metrics).verdict == .pass)
    }

    @Test func `a cut that everybody comes back from has its calls restarted and its losses in its window`() throws {
        let cut = Profile.Fault(at: .seconds(6), kind: .cut)
        var run = self.run(
            [cut],
            network: [
                .init(at: .milliseconds(6_020), .link(.cut, all: true)),
                .init(at: .milliseconds(6_020), .refuse(.seconds(1))),
            ])
        run.profile.signaling.strategy = .perfect
        let (faults, samples) = try self.reports(run)
        let fault = try #require(faults.first)
        #expect(fault.during.reconnects + fault.after.reconnects == 12)
        #expect(samples.session.reconnects == 12)
        #expect(fault.recovered)
        let outage = try #require(samples.outages.first)
        #expect(abs(fault.recovery - (try #require(outage.end) - 6) * 1_000) < 1)
        #expect(fault.peakReconnects >= 12)
        // Three rooms of four, every pair of which was up.
        #expect(fault.calls.met == 18 && fault.calls.restarted == 18, "\(fault.calls)")
        #expect(fault.before.unsent == 0 && fault.during.lost + fault.during.unsent + fault.after.unsent > 0)
        let windows = [fault.before, fault.during, fault.after]
        #expect(windows.reduce(0) { $0 + $1.unsent } == samples.ledger.unsent)
        #expect(windows.reduce(0) { $0 + $1.lost } == samples.ledger.lost)
    }

    @Test func `a cut that nobody comes back from is not recovered, its calls are lost and its gate fails`() throws {
        let cut = Profile.Fault(at: .seconds(6), kind: .reset)
        var run = self.run([cut], network: [.init(at: .milliseconds(6_020), .link(.reset, all: false))])
        run.reconnect = .none
        let (faults, _) = try self.reports(run)
        let fault = try #require(faults.first)
        #expect(!fault.recovered)
        #expect(fault.calls.met == 3 && fault.calls.lost == 3, "\(fault.calls)")
        let metrics = FaultReport.metrics(of: faults)
        let gate = try Gate.parse("fault.reset.recovery.time < 60min").judged(against: metrics)
        #expect(gate.verdict == .fail && metrics["fault.reset.recovery.time.censored"] == 1)
        #expect(metrics.keys.allSatisfy { MetricCatalogue.find($0) != nil })
    }

    @Test func `windows reach to their neighbours, and every kind of a profile has its metrics`() {
        let windows = FaultWindows.windows(of: [
            ("cut", "cut", 9_000_000_000, 0), ("stall", "stall", 2_000_000_000, 3_000_000_000),
        ])
        #expect(windows.map(\.kind) == ["stall", "cut"])
        #expect(windows[0].before == 0..<2_000_000_000 && windows[0].after == 5_000_000_000..<9_000_000_000)
        #expect(windows[1].before == 5_000_000_000..<9_000_000_000 && windows[1].healed == 9_000_000_000)
        #expect(windows[1].during.count == 1_000_000_000 && windows[1].after.upperBound == .max)
        #expect(FaultReport.kinds == Profile.Fault.Kind.allCases.map(\.rawValue))
    }

    @Test func `a run without faults has none to report`() throws {
        #expect(try self.reports(self.run([], network: [])).faults.isEmpty)
    }
}
