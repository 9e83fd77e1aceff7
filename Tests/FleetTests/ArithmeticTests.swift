import Fleet
import Measure
import Signaling
import TestKit
import Testing
import Workload

/// Measured counts against the closed forms of the clean mesh, to the last message.
@Suite(.enabled(if: Lane.isSerial, "fleet and server meet over loopback"))
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

    private func check(_ samples: LoopSamples, against law: MeshArithmetic, pairs: Int, _ what: Comment) {
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
    }

    @Test(arguments: Backend.all, [2, 3, 5, 8])
    func `all present, calls one after another`(backend: Backend, members: Int) async throws {
        for candidates in [0, 3, 11] {
            for leave in [Profile.Leave.vanish, .bye] {
                var test = TestRun(agents: members, roomSize: members, candidates: candidates)
                test.backend = backend.id
                test.echo = backend.echo
                test.profile.leave = leave
                let outcome = try await test.run()
                let law = self.arithmetic(
                    members, candidates, backend, .present(callers: members), byes: leave == .bye)
                self.check(
                    outcome.samples, against: law, pairs: members * (members - 1) / 2,
                    "\(members) members, \(candidates) candidates, \(leave)")
            }
        }
    }

    @Test(arguments: Backend.all, [Profile.Leave.vanish, .bye])
    func `members join and call one by one`(backend: Backend, leave: Profile.Leave) async throws {
        var test = TestRun(agents: 5, roomSize: 5, candidates: 3)
        test.backend = backend.id
        test.echo = backend.echo
        test.profile.leave = leave
        test.profile.calls.when = .join
        test.profile.arrival.pattern = .constant
        test.profile.arrival.rate = .init(perSecond: 4)
        let outcome = try await test.run()
        let law = self.arithmetic(5, 3, backend, .oneByOne, byes: leave == .bye)
        self.check(outcome.samples, against: law, pairs: 10, "one by one, \(leave)")
    }

    @Test func `only some members call`() async throws {
        var test = TestRun(agents: 8, roomSize: 8, candidates: 2)
        test.profile.calls.callers = .count(3)
        test.profile.leave = .vanish
        let outcome = try await test.run()
        let law = self.arithmetic(8, 2, Backend.all[0], .present(callers: 3), byes: false)
        self.check(outcome.samples, against: law, pairs: 3 * 7 - 3, "three callers")
    }

    @Test func `vanilla ICE costs three messages a pair`() async throws {
        var test = TestRun(agents: 4, roomSize: 4, candidates: 7)
        test.profile.signaling.ice = .vanilla
        test.profile.signaling.payload = .chromium
        let outcome = try await test.run()
        let law = self.arithmetic(4, 0, Backend.all[0], .present(callers: 4), byes: true)
        self.check(outcome.samples, against: law, pairs: 6, "vanilla")
    }

    @Test func `several rooms on several loops add up`() async throws {
        var test = TestRun(agents: 30, roomSize: 3, candidates: 3)
        test.loops = 2
        let outcome = try await test.run()
        let law = self.arithmetic(3, 3, Backend.all[0], .present(callers: 3), byes: true)
        #expect(outcome.samples.signaling.sent == UInt64(10 * law.messages))
        #expect(outcome.samples.signaling.deliveries == UInt64(10 * law.deliveries))
        #expect(outcome.samples.roomsComplete == 10)
        #expect(outcome.samples.session.connected == 30)
    }
}
