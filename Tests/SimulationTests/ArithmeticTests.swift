import Backends
import Fleet
import Measure
import NIOCore
import Signaling
import Simulation
import Testing
import Workload

extension SimulatedRun {
    /// Everybody present, calls one after another, no think time, no chatter, nothing measured beyond the calls.
    init(agents: Int, roomSize: Int, candidates: Int) {
        var profile = Profile()
        profile.agents = agents
        profile.rooms.layout = .size(roomSize)
        profile.arrival.pattern = .burst
        profile.calls.when = .present
        profile.calls.gap = .milliseconds(200)
        profile.signaling.candidates = .init(offerer: candidates, answerer: candidates)
        profile.signaling.payload = .sized(.init(offer: 1200, answer: 1100, candidate: 110))
        profile.signaling.pacing = .none
        profile.signaling.timeout = .seconds(30)
        profile.chatter = nil
        profile.phases.warmup = .zero
        profile.phases.steady = .milliseconds(300)
        profile.phases.drain = .seconds(5)
        self.init(profile)
    }
}

/// Measured counts against the closed forms of the clean mesh and against the links' own log, to the last message.
struct ArithmeticTests {
    /// A backend and what it means for the arithmetic.
    struct Backend: CustomTestStringConvertible, Sendable {
        var id: String
        var echo: Bool
        var testDescription: String { self.echo ? "\(self.id) with echo" : self.id }

        static let all = [
            Backend(id: "relay", echo: false), Backend(id: "relay", echo: true),
            Backend(id: "relay-routed", echo: false),
        ]
    }

    private func arithmetic(
        _ members: Int, _ candidates: Int, _ backend: Backend, _ joining: MeshArithmetic.Joining, byes: Bool
    ) -> MeshArithmetic {
        MeshArithmetic(
            members: members, offererCandidates: candidates, answererCandidates: candidates,
            echo: backend.echo ? .own : .none, delivery: backend.id == "relay" ? .broadcast : .routed,
            joining: joining, byes: byes)
    }

    private func check(_ result: SimulatedRun.Result, against law: MeshArithmetic, pairs: Int, _ what: Comment) {
        let samples = result.outcome.samples
        let traffic = samples.signaling
        #expect(traffic.sent == UInt64(law.messages), what)
        #expect(traffic.deliveries == UInt64(law.deliveries), what)
        #expect(traffic.useful == UInt64(law.useful), what)
        #expect(samples.ledger.expected == UInt64(law.deliveries), what)
        #expect(samples.ledger.lost == 0, what)
        #expect(samples.ledger.optional == 0, what)
        #expect(samples.ledger.reordered == 0, what)
        #expect(traffic.duplicate == 0 && traffic.misrouted == 0, what)
        #expect(samples.session.corrupted == 0, what)
        #expect(samples.session.unsent == 0, what)
        #expect(samples.pairs.count { $0.progress.connectableAt != nil } == pairs, what)
        #expect(result.log.sent.count == law.messages, what)
        #expect(result.log.received.count == law.deliveries, what)
        #expect(result.leaks == Simulation.Leaks(), what)
    }

    private func run(_ test: SimulatedRun, on backend: Backend) throws -> SimulatedRun.Result {
        var test = test
        test.backend = backend.id
        test.server.echo = backend.echo
        if backend.echo { test.options["echo"] = "true" }
        test.links = LinkOptions(delay: .exponential(.milliseconds(2)))
        return try test.play()
    }

    @Test(arguments: Backend.all, [2, 3, 5, 8])
    func `all present, calls one after another`(backend: Backend, members: Int) throws {
        for candidates in [0, 3, 11] {
            for leave in [Profile.Leave.vanish, .bye] {
                var test = SimulatedRun(agents: members, roomSize: members, candidates: candidates)
                test.profile.leave = leave
                self.check(
                    try self.run(test, on: backend),
                    against: self.arithmetic(
                        members, candidates, backend, .present(callers: members), byes: leave == .bye),
                    pairs: members * (members - 1) / 2, "\(members) members, \(candidates) candidates, \(leave)")
            }
        }
    }

    @Test(arguments: Backend.all, [Profile.Leave.vanish, .bye])
    func `members join and call one by one`(backend: Backend, leave: Profile.Leave) throws {
        var test = SimulatedRun(agents: 5, roomSize: 5, candidates: 3)
        test.profile.leave = leave
        test.profile.calls.when = .join
        test.profile.arrival.pattern = .constant
        test.profile.arrival.rate = .init(perSecond: 4)
        self.check(
            try self.run(test, on: backend), against: self.arithmetic(5, 3, backend, .oneByOne, byes: leave == .bye),
            pairs: 10, "one by one, \(leave)")
    }

    @Test func `only some members call`() throws {
        var test = SimulatedRun(agents: 8, roomSize: 8, candidates: 2)
        test.profile.calls.callers = .count(3)
        test.profile.leave = .vanish
        self.check(
            try self.run(test, on: Backend.all[0]),
            against: self.arithmetic(8, 2, Backend.all[0], .present(callers: 3), byes: false), pairs: 3 * 7 - 3,
            "three callers")
    }

    @Test func `vanilla ICE costs three messages a pair`() throws {
        var test = SimulatedRun(agents: 4, roomSize: 4, candidates: 7)
        test.profile.signaling.ice = .vanilla
        test.profile.signaling.payload = .chromium
        self.check(
            try self.run(test, on: Backend.all[0]),
            against: self.arithmetic(4, 0, Backend.all[0], .present(callers: 4), byes: true), pairs: 6, "vanilla")
    }

    @Test func `several rooms add up`() throws {
        let result = try self.run(SimulatedRun(agents: 30, roomSize: 3, candidates: 3), on: Backend.all[0])
        let law = self.arithmetic(3, 3, Backend.all[0], .present(callers: 3), byes: true)
        let samples = result.outcome.samples
        #expect(samples.signaling.sent == UInt64(10 * law.messages))
        #expect(samples.signaling.deliveries == UInt64(10 * law.deliveries))
        #expect(samples.roomsComplete == 10)
        #expect(samples.session.connected == 30)
    }
}
