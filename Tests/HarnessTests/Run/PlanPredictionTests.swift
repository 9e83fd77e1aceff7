import Backends
import Harness
import Measure
import Signaling
import Testing
import Workload

struct PlanPredictionTests {
    private static func capabilities(
        echo: Bool, directed: Capabilities.Directed = .broadcast
    ) -> Capabilities {
        Capabilities(
            selfEcho: echo, directed: directed, fromAuthority: .client, joinConfirmed: true, order: .fifo,
            delivery: .atMostOnce, slowConsumer: .disconnect, multipleRooms: true)
    }

    private static func profile(_ change: (inout Profile) -> Void = { _ in }) -> Profile {
        var profile = Profile()
        profile.agents = 8
        profile.rooms.layout = .size(4)
        profile.calls.when = .present
        profile.calls.gap = .seconds(10)
        profile.signaling.candidates = .init(offerer: 6, answerer: 6)
        profile.signaling.pacing = .none
        profile.phases.steady = .seconds(60)
        profile.leave = .vanish
        change(&profile)
        return profile
    }

    @Test func `the worked example of the design comes out, for two rooms`() throws {
        // N = 4, D = 15, echo, all present: 94 messages, 376 deliveries, 102 useful, 3.69.
        let profile = Self.profile()
        let plan = Planner.plan(profile, seed: 1)
        let prediction = try #require(
            PlanPrediction.of(plan, profile: profile, capabilities: Self.capabilities(echo: true)))
        #expect(prediction.messages == 2 * 94)
        #expect(prediction.deliveries == 2 * 376)
        #expect(prediction.useful == 2 * 102)
        #expect(abs(prediction.amplification - 376.0 / 102) < 1e-12)
        #expect(prediction.exact)
        #expect(prediction.law.contains("with own echo"))
    }

    @Test func `vanilla candidates travel in the SDP`() throws {
        let profile = Self.profile { $0.signaling.ice = .vanilla }
        let plan = Planner.plan(profile, seed: 1)
        let prediction = try #require(
            PlanPrediction.of(plan, profile: profile, capabilities: Self.capabilities(echo: false)))
        #expect(prediction.messages == 2 * (4 + 6 * 3))
    }

    @Test func `a routed backend delivers the useful ones alone`() throws {
        let profile = Self.profile()
        let plan = Planner.plan(profile, seed: 1)
        let prediction = try #require(
            PlanPrediction.of(plan, profile: profile, capabilities: Self.capabilities(echo: false, directed: .routed)))
        #expect(prediction.deliveries == prediction.useful)
        #expect(prediction.amplification == 1)
    }

    @Test func `churn has no closed form, and glare says what it is`() throws {
        let churning = Self.profile { $0.churn = Profile.Churn(stay: .seconds(5), rejoin: .seconds(1)) }
        #expect(
            PlanPrediction.of(
                Planner.plan(churning, seed: 1), profile: churning, capabilities: Self.capabilities(echo: false)) == nil
        )
        let glaring = Self.profile { $0.calls.spread = .zero }
        let prediction = try #require(
            PlanPrediction.of(
                Planner.plan(glaring, seed: 1), profile: glaring, capabilities: Self.capabilities(echo: false)))
        #expect(!prediction.exact)
        #expect(prediction.law.contains("upper bound"))
        #expect(prediction.law.contains("at once"))
    }
}
