import Backends
import Fleet
import Measure
import NIOCore
import Signaling
import Simulation
import Testing
import Workload

/// The end of a run: who says goodbye when, beside the log of the links.
struct LeaveTests {
    /// Agents that do nothing but come and go, at 50 a second.
    private static func idle(agents: Int = 200) -> SimulatedRun {
        var profile = Profile()
        profile.agents = agents
        profile.arrival.pattern = .constant
        profile.calls.when = .present
        profile.calls.callers = .count(0)
        profile.chatter = nil
        profile.phases.warmup = .seconds(1)
        profile.phases.steady = .seconds(2)
        var run = SimulatedRun(profile)
        run.links = LinkOptions(delay: .fixed(.milliseconds(3)))
        return run
    }

    @Test func `idle agents leave as they came, and every goodbye reaches the room`() throws {
        let run = Self.idle()
        let result = try run.play()
        let samples = result.outcome.samples
        let times = result.log.sent.map {
            Int64($0.time.uptimeNanoseconds) - result.outcome.startedAt.nanoseconds - run.plan.phases.steadyEnd
        }
        #expect(times == (0..<200).map { $0 * 20_000_000 })
        #expect(result.log.received.count == 200 * 3)
        #expect(samples.traffic.sent == 200 && samples.traffic.deliveries == 600)
        #expect(samples.ledger.expected == 600 && samples.ledger.delivered == 600)
        #expect(result.outcome.ending == .completed && result.leaks == Simulation.Leaks())
        #expect(result.outcome.phases.map(\.phase) == [.ramp, .warmup, .steady, .leave, .drain])
        let marks = result.outcome.phases.map { [$0.start, $0.end] }
        #expect(marks[3] == [run.plan.phases.steadyEnd, run.plan.phases.leaveEnd].map { Double($0) / 1e9 })
    }

    @Test(arguments: [Profile.Duration.zero, .milliseconds(700), .seconds(9)])
    func `the profile says how long the leave takes`(leave: Profile.Duration) throws {
        var run = Self.idle(agents: 20)
        run.profile.phases.leave = leave
        let result = try run.play()
        let times = result.log.sent.map { Int64($0.time.uptimeNanoseconds) }
        let span = try #require(times.max()) - (try #require(times.min()))
        #expect(times.count == 20 && span == leave.nanoseconds / 20 * 19)
        #expect(result.outcome.samples.ledger.delivered == 60)
    }

    @Test func `agents that vanish say nothing, and take no time for it`() throws {
        var run = Self.idle(agents: 20)
        run.profile.leave = .vanish
        let result = try run.play()
        #expect(result.log.sent.isEmpty)
        #expect(result.outcome.phases.map(\.phase) == [.ramp, .warmup, .steady, .drain])
    }

    @Test func `who lost the connection before the goodbye is not waited for`() throws {
        var run = Self.idle(agents: 40)
        run.reconnect = .backoff
        let cut = run.plan.phases.steadyEnd + 390_000_000
        run.faults = [.init(at: .nanoseconds(cut), .link(.cut, all: true))]
        let result = try run.play()
        #expect((1..<40).contains(result.log.sent.count))
        #expect(result.outcome.samples.traffic.sent == UInt64(result.log.sent.count))
        #expect(result.outcome.ending == .completed && result.outcome.samples.session.reconnects == 0)
        #expect(Checks.identities(result.outcome.samples) == [])
    }
}
