import Backends
import Fleet
import Measure
import NIOCore
import Signaling
import Simulation
import Testing
import Workload

/// What a run says of its sessions and failures, beside what truly happened to its links.
struct AccountTests {
    private func profile(agents: Int, roomSize: Int) -> Profile {
        var profile = Profile()
        profile.agents = agents
        profile.rooms.layout = .size(roomSize)
        profile.arrival.rate = .init(perSecond: 20)
        profile.signaling.candidates = .init(offerer: 2, answerer: 2)
        profile.signaling.pacing = .none
        profile.signaling.timeout = .seconds(2)
        profile.chatter = nil
        profile.phases.warmup = .seconds(1)
        profile.phases.steady = .seconds(6)
        profile.phases.drain = .seconds(3)
        return profile
    }

    private static func chatter(perSecond rate: Double, bytes: Int) -> Profile.Chatter {
        var chatter = Profile.Chatter()
        (chatter.rate, chatter.bytes) = (.init(perSecond: rate), bytes)
        return chatter
    }

    private func metrics(_ run: SimulatedRun, _ samples: LoopSamples) -> [String: Double] {
        MetricAssembly(
            samples: samples, facts: RunFacts(agents: run.profile.agents, rooms: run.plan.rooms.count),
            drainMilliseconds: run.profile.phases.drain.seconds * 1000
        ).metrics()
    }

    private func accountsForAll(_ session: SessionCounters) -> Bool {
        session.sessionsPlanned
            == session.sessionsJoined + session.sessionsRefused + session.sessionsUnconfirmed + session.sessionsExcused
    }

    @Test func `a healthy run joins every session, and times it from its planned arrival`() throws {
        var run = SimulatedRun(self.profile(agents: 12, roomSize: 4))
        run.links = LinkOptions(delay: .fixed(.milliseconds(10)))
        let result = try run.play()
        let samples = result.outcome.samples
        let metrics = self.metrics(run, samples)
        #expect(metrics["sessions.planned"] == 12 && metrics["sessions.joined"] == 12)
        #expect(metrics["sessions.refused"] == 0 && metrics["sessions.lost"] == 0)
        #expect(samples[.sessionConnect].count == 12 && samples[.sessionJoin].count == 12)
        #expect(samples[.arrivalLateness].count == 12)
        // The upgrade takes one round trip, the welcome none further, and the join another one.
        #expect(try #require(metrics["session.connect.max"]) >= 20)
        #expect(try #require(metrics["session.join.max"]) >= 40)
        #expect(samples.causes.sorted.isEmpty)
        #expect(metrics["negotiation.time.censored"] == nil && metrics["negotiation.time.mean"] != nil)
    }

    @Test func `fan-out of signaling is all that everybody in a room gets`() throws {
        for backend in ["relay", "relay-routed"] {
            var run = SimulatedRun(self.profile(agents: 10, roomSize: 5))
            run.backend = backend
            run.links = LinkOptions(delay: .fixed(.milliseconds(10)))
            let samples = try run.play().outcome.samples
            let kinds = backend == "relay" ? SignalKind.allCases.filter { $0 != .chatter } : [.call, .bye]
            let receipts = kinds.reduce(0) { $0 + samples[Probe.delivery($1)].count }
            #expect(samples[.signalingFanout].count == receipts && receipts > 0)
            // Everybody gets everything after 20 ms, so there is no skew.
            #expect(samples[.signalingFirst].count == samples[.signalingLast].count)
            #expect(samples[.signalingMedian].count == samples[.signalingLast].count)
            #expect(samples[.signalingSkew].max ?? 1 == 0)
            #expect(self.metrics(run, samples)["fanout.signaling.latency.p50"].map { abs($0 - 20) < 0.1 } == true)
        }
    }

    @Test func `what connections carried is what went through the links, without the handshakes`() throws {
        var profile = self.profile(agents: 6, roomSize: 3)
        profile.chatter = Self.chatter(perSecond: 5, bytes: 200)
        let run = SimulatedRun(profile)
        let result = try run.play()
        let session = result.outcome.samples.session
        let up = try #require(result.log.bytes[.toServer])
        let down = try #require(result.log.bytes[.toClient])
        let handshakes = 6 * 600
        #expect(session.wireSent <= UInt64(up.sent) && session.wireSent + UInt64(handshakes) >= UInt64(up.sent))
        #expect(session.wireReceived <= UInt64(down.read))
        #expect(session.wireReceived + UInt64(handshakes) >= UInt64(down.read))
        let metrics = self.metrics(run, result.outcome.samples)
        #expect(try #require(metrics["amplification.wire"]) > 1)
    }

    @Test func `refused dials are causes, and their sessions stand at the far end`() throws {
        var run = SimulatedRun(self.profile(agents: 8, roomSize: 4))
        run.faults = [.init(at: .zero, .refuse(.milliseconds(220)))]
        let result = try run.play()
        let samples = result.outcome.samples
        let session = samples.session
        let refused = session.sessionsRefused
        #expect(refused > 0 && refused < 8)
        #expect(self.accountsForAll(session))
        #expect(samples[.sessionConnect].censored == refused && samples[.sessionJoin].censored == refused)
        let cause = try #require(samples.causes.sorted.first)
        #expect(cause.where == .tcp && cause.code == "refused" && cause.count == refused && cause.agent >= 0)
        #expect(cause.first < 0.3)
        let metrics = self.metrics(run, samples)
        #expect(metrics["session.connect.mean"] == nil)
        #expect(metrics["session.connect.max.censored"] == Double(refused))
        // Pairs of a member that never came are at their timeout.
        let failed = samples.pairs.count { !$0.progress.isCensored && $0.progress.connectableAt == nil }
        #expect(failed > 0 && samples[.negotiationTime].censored == UInt64(failed))
        #expect(try #require(metrics["negotiation.time.max"]) >= 2_000)
    }

    @Test func `connections that are cut and never come back are lost sessions`() throws {
        var profile = self.profile(agents: 8, roomSize: 4)
        profile.chatter = Self.chatter(perSecond: 2, bytes: 100)
        var run = SimulatedRun(profile)
        run.faults = [.init(at: .seconds(3), .link(.cut, all: false)), .init(at: .seconds(4), .link(.cut, all: false))]
        run.seed = 3
        let samples = try run.play().outcome.samples
        let lost = samples.session.sessionsLost
        #expect(lost > 0 && lost == samples.session.disconnected)
        #expect(samples[.sessionReconnect].censored == lost)
        #expect(self.accountsForAll(samples.session))
        #expect(samples.causes.sorted.filter { $0.where == .close }.reduce(0) { $0 + $1.count } == lost)
    }

    @Test func `sessions that come back are not lost`() throws {
        var profile = self.profile(agents: 8, roomSize: 4)
        profile.chatter = Self.chatter(perSecond: 2, bytes: 100)
        var run = SimulatedRun(profile)
        run.reconnect = .backoff
        run.faults = [.init(at: .seconds(3), .link(.reset, all: true))]
        let samples = try run.play().outcome.samples
        #expect(samples.session.sessionsLost == 0 && samples.session.disconnected == 8)
        #expect(samples[.sessionReconnect].count == 8 && samples[.sessionReconnect].censored == 0)
        // One sample for each session, however many connections it took.
        #expect(samples[.sessionJoin].count == samples.session.sessionsPlanned)
    }

    @Test func `under churn every session has an outcome`() throws {
        var profile = self.profile(agents: 12, roomSize: 4)
        var churn = Profile.Churn()
        (churn.stay, churn.rejoin) = (.seconds(1), .milliseconds(500))
        profile.churn = churn
        for seed in UInt64(1)...5 {
            profile.seed = seed
            var run = SimulatedRun(profile)
            run.seed = seed
            run.links = LinkOptions(delay: .exponential(.milliseconds(20)))
            run.faults = [.init(at: .seconds(4), .refuse(.seconds(2)))]
            let session = try run.play().outcome.samples.session
            #expect(session.sessionsPlanned > 12 && session.sessionsRefused > 0)
            #expect(self.accountsForAll(session))
        }
    }

    @Test func `an unconfirmed member that hears its room is a member`() throws {
        var run = SimulatedRun(self.profile(agents: 6, roomSize: 3))
        run.backend = "socketio"
        let session = try run.play().outcome.samples.session
        #expect(session.connected == 6 && session.sessionsUnheard == 0)
        #expect(self.accountsForAll(session))
    }
}
