import Backends
import Fleet
import Measure
import NIOCore
import Signaling
import Simulation
import Testing
import Workload

/// What agents do to themselves by plan, in virtual time, against how often they dialled.
struct AgentFaultTests {
    /// Three rooms of four; everybody is a member long before the sixth second.
    private func run(_ kind: Profile.Fault.Kind, share: Int64 = 100, span: Profile.Duration = .zero) -> SimulatedRun {
        var run = SimulatedRun(agents: 12, roomSize: 4, candidates: 1)
        run.profile.chatter = .init()
        run.profile.chatter?.rate = .init(perSecond: 5)
        run.profile.phases.steady = .seconds(12)
        run.profile.signaling.timeout = .seconds(3)
        run.profile.signaling.strategy = .perfect
        run.links = LinkOptions(delay: .fixed(.milliseconds(10)))
        run.reconnect = .backoff
        var fault = Profile.Fault(at: .seconds(6), kind: kind)
        (fault.share, fault.span) = (.percent(share), span)
        run.profile.faults = [fault]
        return run
    }

    private func struck(_ run: SimulatedRun) -> Int {
        (0..<12).count { run.profile.faults[0].strikes($0, number: 0, seed: run.profile.seed) }
    }

    private func play(_ run: SimulatedRun) throws -> (fault: FaultReport, result: SimulatedRun.Result) {
        let result = try run.play()
        let outcome = result.outcome
        let faults = FaultAssembly(
            samples: outcome.samples, origin: outcome.startedAt, duration: outcome.duration,
            timeout: run.plan.timeoutNanoseconds
        ).reports
        #expect(result.leaks == Simulation.Leaks(), "\(result.leaks)")
        let metrics = FaultReport.metrics(of: faults)
        #expect(metrics.keys.allSatisfy { MetricCatalogue.find($0) != nil })
        return (try #require(faults.first), result)
    }

    @Test func `agents that vanish come back by their policy, and the others stay`() throws {
        let run = self.run(.vanish, share: 50)
        let struck = self.struck(run)
        let (fault, result) = try self.play(run)
        #expect((1..<12).contains(struck))
        #expect(result.connects == 12 + struck)
        #expect(fault.during.reconnects + fault.after.reconnects == struck && fault.recovered)
        let outage = try #require(result.outcome.samples.outages.first)
        #expect(outage.start == 6 && outage.agents == struck && outage.recovered == struck)
        // Half of the standard base at least, and the way to a member.
        #expect(fault.recovery > 125)
        #expect(fault.calls.met > 0 && fault.calls.restarted == fault.calls.met, "\(fault.calls)")
        // Nothing went wrong that anybody but the plan caused.
        #expect(result.outcome.samples.causes.most().isEmpty)
    }

    @Test(arguments: [ReconnectPolicy.none, .backoff])
    func `all that reconnect are back in the time of a dial, whatever their policy`(policy: ReconnectPolicy) throws {
        var run = self.run(.reconnectAll)
        run.reconnect = policy
        let (fault, result) = try self.play(run)
        #expect(result.connects == 24)
        #expect(fault.during.reconnects == 12 && fault.recovered && fault.peakReconnects == 12)
        // Three ways there and back at 10 ms each, and the delivery after that.
        #expect(fault.recovery < 125, "\(fault.recovery)")
        #expect(fault.calls.met == 18 && fault.calls.restarted == 18, "\(fault.calls)")
    }

    @Test func `slow readers get everything late, and nobody else does`() throws {
        let run = self.run(.slowReader, share: 50, span: .seconds(2))
        let struck = self.struck(run)
        let (fault, result) = try self.play(run)
        #expect(result.connects == 12 && fault.peakReconnects == 0 && fault.recovered)
        let during = try #require(fault.during.fanout)
        #expect(during.censored == 0 && fault.during.lost + fault.during.unsent == 0)
        #expect(try #require(during.max) > 1_500)
        // What was theirs waited, and came at once when they read again.
        #expect(fault.backlog > 0 && fault.backlog < 100)
        #expect(fault.after.fanout?.max.map { $0 < 100 } == true)
        // A full room of those that read has the latency that it always had.
        var none = run
        none.profile.faults[0].share = .percent(0)
        let (without, _) = try self.play(none)
        #expect(without.during.fanout?.max.map { $0 < 100 } == true && (1..<12).contains(struck))
    }
}
