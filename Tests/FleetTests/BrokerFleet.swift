import Backends
import Fleet
import Measure
import Signaling
import TestKit
import Testing
import Workload

/// Runs a fleet against a server of other make, and holds its counts to the closed form.
enum BrokerFleet {
    /// Rooms of five, whose number of agents is a multiple of it, call each other by a profile without chatter.
    static func check(
        _ id: String, _ url: String, agents: Int, options: [String: String] = [:],
        echo: MeshArithmetic.Echo = .own, delivery: MeshArithmetic.Delivery = .broadcast, rate: Double = 200,
        gap: Int64 = 500
    ) async throws {
        let settings = BackendSettings(
            id: id, url: try BackendURL.parse(url), options: options, connectTimeout: 30_000_000_000)
        let law = MeshArithmetic(
            members: 5, offererCandidates: 2, answererCandidates: 2, echo: echo, delivery: delivery,
            joining: .present(callers: 5), byes: true)
        let rooms = agents / 5
        for (attempt, gap) in [gap, 4 * gap].enumerated() {
            var run = TestRun(agents: agents, roomSize: 5, candidates: 2)
            run.profile.arrival.pattern = .constant
            run.profile.arrival.rate = .init(perSecond: rate)
            run.profile.calls.gap = .milliseconds(gap)
            // Who joins late calls late: what is planned behind the end of this phase is never called.
            run.profile.phases.steady = .milliseconds(3_000 + 2 * gap)
            run.profile.phases.drain = .seconds(20)
            let samples = try await run.run(against: settings).samples
            #expect(samples.ledger.lost == 0)
            // The closed form is of one call after another. Where a machine stands still for longer than the gap, two calls
            // of a room overlap, and the client of 2014 may lose both: that takes more messages, never fewer. Once more,
            // with longer gaps.
            if attempt == 0, samples.signaling.sent > UInt64(rooms * law.messages) { continue }
            #expect(samples.roomsComplete == rooms)
            #expect(samples.signaling.sent == UInt64(rooms * law.messages))
            #expect(samples.signaling.deliveries == UInt64(rooms * law.deliveries))
            return
        }
    }
}
