import Signaling
import Testing

// With one latency T for all, two calls of the published client glare exactly when they are less than T apart.
struct GlareLawTests {
    private static func room(_ settings: MeshSimulation.Settings, calls: [Int]) -> MeshSimulation {
        var room = MeshSimulation(settings)
        for member in calls.indices { room.schedule(.join(member), at: 0) }
        for (member, at) in calls.enumerated() { room.schedule(.call(member), at: at) }
        room.run()
        return room
    }

    @Test(arguments: [0, 250], 1...3 as ClosedRange<UInt64>) func `each of two thousand pairs obeys the law`(
        thinking: Int, seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        var settings = MeshSimulation.Settings(members: 2, offererCandidates: 2, answererCandidates: 1)
        settings.responseTime = thinking
        let law = 1_000 + thinking
        let window = 8 * law
        var completed = 0
        for _ in 0..<2_000 {
            let calls = [1 + random.uniform(below: window), 1 + random.uniform(below: window)]
            let apart = abs(calls[0] - calls[1])
            guard apart != law else { continue }
            let room = Self.room(settings, calls: calls)
            #expect((room.negotiatedPairs == 1) == (apart > law), "calls at \(calls), seed \(seed)")
            completed += room.negotiatedPairs
        }
        // (1 − T/W)² of the pairs, here with W = 8 T.
        #expect((1_460...1_600).contains(completed), "\(completed) of 2000, seed \(seed)")
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>) func `in a larger room it holds pair by pair`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let settings = MeshSimulation.Settings(members: 6, offererCandidates: 1, answererCandidates: 1)
        // Odd and even times, so that no two calls are exactly T apart.
        let calls = (0..<6).map { 2 * 3_000 * $0 / 6 + 2 * random.uniform(below: 1_000) + $0 % 2 }
        let room = Self.room(settings, calls: calls)
        for a in 0..<6 {
            for b in 0..<a where abs(calls[a] - calls[b]) != 1_000 {
                let isNegotiated = room.connection(a, b).isNegotiated(with: room.connection(b, a))
                #expect(isNegotiated == (abs(calls[a] - calls[b]) > 1_000), "calls at \(calls), seed \(seed)")
            }
        }
    }
}
