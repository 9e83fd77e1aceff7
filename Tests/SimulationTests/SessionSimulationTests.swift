import Backends
import Fleet
import Measure
import NIOCore
import Signaling
import Simulation
import Testing
import Workload

/// What happens to sessions in time, which real time would take minutes for.
struct SessionSimulationTests {
    /// Two agents that call each other `gap` apart and vanish at the end; eight seconds of nothing else.
    private func pair(gap: Int64) -> SimulatedRun {
        var run = SimulatedRun(agents: 2, roomSize: 2, candidates: 0)
        run.profile.calls.gap = .seconds(gap)
        run.profile.leave = .vanish
        run.profile.signaling.strategy = .perfect
        run.profile.phases.steady = .seconds(4)
        return run
    }

    @Test func `whoever comes back before its goodbye is answered is served on the new connection alone`() throws {
        var run = SimulatedRun(agents: 6, roomSize: 3, candidates: 1)
        run.profile.calls.when = .join
        run.profile.chatter = .init()
        run.profile.churn = .init(stay: .seconds(1), rejoin: .milliseconds(5))
        run.profile.phases.steady = .seconds(20)
        run.links = LinkOptions(delay: .fixed(.milliseconds(200)))
        for leave in [Profile.Leave.bye, .vanish] {
            run.profile.leave = leave
            let result = try run.play()
            let samples = result.outcome.samples
            #expect(result.connects > 60)
            #expect(samples.session.disconnected == 0)
            #expect(samples.session.refused == 0)
            #expect(Checks.identities(samples) == [])
            #expect(Checks.deliveries(samples, echo: false) == [])
            #expect(samples.ledger.lost == 0)
            #expect(result.leaks == Simulation.Leaks())
        }
    }

    @Test(arguments: [0, 1])
    func `a late notice of an old id does not end the connection with the new one`(victim: Int) throws {
        var run = self.pair(gap: 8)
        run.backend = "relay-routed"
        run.reconnect = .backoff
        run.onOpen = { link in
            guard link.id == victim else { return }
            let bound = NIOLoopBound(link, eventLoop: link.client.eventLoop)
            link.client.eventLoop.scheduleTask(in: .seconds(3)) {
                // The server learns of the end two seconds after the agent, which is back by then.
                bound.value.suffer(.freeze([.toServer], .seconds(2)))
                bound.value.client.close(promise: nil)
            }
        }
        let result = try run.play()
        let samples = result.outcome.samples
        #expect(samples.session.reconnects == 1)
        // The second one's join, the join of the new id, and the departure of the old one, of which both are told.
        #expect(samples.session.notices == 4)
        // A call and its negotiation; the same after the reconnect; the second call finds everybody connected.
        #expect(samples.signaling.sent == 4 + 4 + 1)
        #expect(result.leaks == Simulation.Leaks())
    }

    @Test func `a peer that was not heard for the ghost timeout is negotiated with again`() throws {
        var run = self.pair(gap: 6)
        #expect(try run.play().outcome.samples.signaling.sent == 4 + 1)
        run.profile.signaling.ghostTimeout = .seconds(2)
        #expect(try run.play().outcome.samples.signaling.sent == 4 + 4)
    }

    @Test func `a join that nobody confirms in time counts from the end of its grace`() throws {
        var run = SimulatedRun(agents: 4, roomSize: 4, candidates: 1)
        run.backend = "socketio"
        // Less than the round trip to the server, which does answer.
        run.joinGrace = 10_000_000
        run.links = LinkOptions(delay: .fixed(.milliseconds(20)))
        let samples = try run.play().outcome.samples
        var truth = LatencyHistogram()
        // From the planned arrival: three round trips until it is welcomed, then the grace.
        for _ in 0..<4 { truth.record(nanoseconds: 3 * 40_000_000 + 10_000_000) }
        #expect(samples[.sessionJoin].delta == truth.delta)
        #expect(samples.session.unconfirmed == 4)
        #expect(samples.pairs.allSatisfy { $0.progress.connectableAt != nil })
    }

    @Test func `events that no setting names are counted by name, over all connections of a run`() throws {
        var run = SimulatedRun(agents: 6, roomSize: 3, candidates: 0)
        run.backend = "socketio"
        run.profile.churn = .init(stay: .seconds(2), rejoin: .milliseconds(500))
        run.profile.leave = .vanish
        run.profile.phases.steady = .seconds(10)
        let named = try run.play().outcome.samples
        #expect(named.unknownEvents.isEmpty && named.session.notices > 10)
        run.options = ["events.left": "gone"]
        let unnamed = try run.play().outcome.samples
        #expect(unnamed.unknownEvents.counts == ["user disconnected": named.session.notices - unnamed.session.notices])
    }

    @Test func `what does not fit into the queue of a sender is unsent, and censored`() throws {
        var run = SimulatedRun(agents: 2, roomSize: 2, candidates: 0)
        run.profile.chatter = .init()
        run.profile.chatter?.rate = .init(perSecond: 20)
        run.profile.chatter?.bytes = 60_000
        run.profile.phases.steady = .seconds(5)
        run.server.memberQueueBytes = 1 << 30
        run.faults = [.init(at: .seconds(1), .link(.freeze([.toServer], .seconds(5)), all: false))]
        let samples = try run.play().outcome.samples
        #expect(samples.session.unsentBackpressure > 10)
        #expect(samples.ledger.unsent == samples.session.unsentBackpressure)
        #expect(samples.ledger.lost == 0)
        #expect(Checks.identities(samples) == [])
        #expect(Checks.deliveries(samples, echo: false) == [])
        // What waited behind the freeze did so from when it was due.
        #expect(samples[.fanout].delta.max > 4_000_000_000)
    }

    @Test func `a reconnect backs off while it is refused`() throws {
        var run = SimulatedRun(agents: 20, roomSize: 4, candidates: 0)
        run.profile.phases.steady = .seconds(20)
        run.reconnect = .backoff
        run.faults = [.init(at: .seconds(3), .link(.reset, all: true)), .init(at: .seconds(3), .refuse(.seconds(4)))]
        let result = try run.play()
        let samples = result.outcome.samples
        #expect(samples.session.reconnects == 20)
        // First delays of 125 to 250 ms, each next one up to twice as long: four or five attempts in four seconds.
        #expect((20 * 4...20 * 7).contains(result.connects - 20))
        #expect(samples[.sessionReconnect].delta.min >= 4_000_000_000)
        #expect(samples[.sessionReconnect].delta.max < 9_000_000_000)
        #expect(result.leaks == Simulation.Leaks())
    }

    @Test(arguments: ["relay", "relay-routed", "socketio", "baas"])
    func `every embedded server carries a run`(backend: String) throws {
        var run = SimulatedRun(agents: 8, roomSize: 4, candidates: 2)
        run.backend = backend
        run.profile.chatter = .init()
        run.profile.phases.steady = .seconds(5)
        run.links = LinkOptions(delay: .exponential(.milliseconds(10)))
        run.links.chunking = .split(3)
        let result = try run.play()
        let samples = result.outcome.samples
        #expect(samples.session.connected == 8)
        #expect(samples.pairs.allSatisfy { $0.progress.connectableAt != nil })
        #expect(samples.ledger.lost == 0)
        #expect(samples.ledger.reordered == 0)
        #expect(Checks.identities(samples) == [])
        #expect(result.leaks == Simulation.Leaks())
    }
}
