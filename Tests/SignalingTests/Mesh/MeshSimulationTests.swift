import Signaling
import Testing

// The formulas against a bus that knows none.
struct MeshSimulationTests {
    /// Longer than any mesh of these takes to settle.
    private static let gap = 1_000_000

    private static func arithmetic(
        _ settings: MeshSimulation.Settings, _ joining: MeshArithmetic.Joining, byes: Bool = false
    ) -> MeshArithmetic {
        MeshArithmetic(
            members: settings.members, offererCandidates: settings.offererCandidates,
            answererCandidates: settings.answererCandidates, echo: settings.echo ? .own : .none, joining: joining,
            byes: byes)
    }

    private static let sizes = [2, 3, 5, 8].flatMap { members in [0, 3, 11].map { (members, $0) } }

    private static func settings(
        _ members: Int, _ candidates: Int, echo: Bool, _ strategy: Strategy
    )
        -> MeshSimulation.Settings
    {
        MeshSimulation.Settings(
            members: members, offererCandidates: candidates, answererCandidates: candidates == 11 ? 4 : candidates,
            echo: echo, strategy: strategy, responseTime: 70, offerTime: 300, answerTime: 200, candidateGap: 11)
    }

    private static func present(_ settings: MeshSimulation.Settings, callers: Int, byes: Bool) -> MeshSimulation {
        var room = MeshSimulation(settings)
        for member in 0..<settings.members { room.schedule(.join(member), at: 0) }
        for caller in 0..<callers { room.schedule(.call(caller), at: (caller + 1) * Self.gap) }
        if byes {
            for member in 0..<settings.members { room.schedule(.bye(member), at: (callers + 2) * Self.gap) }
        }
        room.run()
        return room
    }

    @Test(arguments: Self.sizes, Strategy.allCases)
    func `with all present and calls one after another, the row is exact`(
        size: (members: Int, candidates: Int), strategy: Strategy
    ) {
        for echo in [false, true] {
            let settings = Self.settings(size.members, size.candidates, echo: echo, strategy)
            let room = Self.present(settings, callers: size.members, byes: false)
            let expected = Self.arithmetic(settings, .present(callers: size.members))
            #expect(room.totals == expected.totals)
            #expect(room.negotiatedPairs == expected.pairs)
            #expect(room.connectablePairs == expected.completedPairs)
        }
    }

    @Test(arguments: Self.sizes, Strategy.allCases) func `with byes at the end, the row is exact and nothing stays`(
        size: (members: Int, candidates: Int), strategy: Strategy
    ) {
        for echo in [false, true] {
            let settings = Self.settings(size.members, size.candidates, echo: echo, strategy)
            let room = Self.present(settings, callers: size.members, byes: true)
            #expect(room.totals == Self.arithmetic(settings, .present(callers: size.members), byes: true).totals)
            #expect(room.agents.allSatisfy { $0.connectionCount == 0 })
        }
    }

    @Test(arguments: Self.sizes, Strategy.allCases) func `with members joining one by one, the row is exact`(
        size: (members: Int, candidates: Int), strategy: Strategy
    ) {
        for echo in [false, true] {
            let settings = Self.settings(size.members, size.candidates, echo: echo, strategy)
            var room = MeshSimulation(settings)
            for member in 0..<size.members {
                room.schedule(.join(member), at: member * Self.gap)
                room.schedule(.call(member), at: member * Self.gap + 1)
            }
            room.run()
            let expected = Self.arithmetic(settings, .oneByOne)
            #expect(room.totals == expected.totals)
            #expect(room.connectablePairs == expected.completedPairs)
        }
    }

    @Test(arguments: [2, 3, 5, 8], 1...8) func `with some callers, the row is exact`(members: Int, callers: Int) {
        guard callers <= members else { return }
        for echo in [false, true] {
            let settings = Self.settings(members, 3, echo: echo, .seed)
            let room = Self.present(settings, callers: callers, byes: false)
            let expected = Self.arithmetic(settings, .present(callers: callers))
            #expect(room.totals == expected.totals)
            #expect(room.connectablePairs == expected.pairs)
        }
    }

    @Test(arguments: Self.sizes) func `when all call at once, seed sends what the row says and completes nothing`(
        size: (members: Int, candidates: Int)
    ) {
        for echo in [false, true] {
            let settings = Self.settings(size.members, size.candidates, echo: echo, .seed)
            let room = Self.glare(settings)
            let expected = Self.arithmetic(settings, .glare(.seed))
            #expect(room.totals == expected.totals)
            #expect(room.negotiatedPairs == 0)
            #expect(room.sent[.answer] == nil)
            #expect(room.sent[.offer] == 2 * expected.pairs)
            for a in 0..<size.members {
                for b in 0..<a {
                    #expect(room.connection(a, b).state == .haveLocalOffer)
                    #expect(room.connection(a, b).wasGlared)
                }
            }
        }
    }

    @Test(arguments: Self.sizes) func `when all call at once, perfect completes all within the bound`(
        size: (members: Int, candidates: Int)
    ) {
        for echo in [false, true] {
            let settings = Self.settings(size.members, size.candidates, echo: echo, .perfect)
            let room = Self.glare(settings)
            let bound = Self.arithmetic(settings, .glare(.perfect))
            #expect(room.totals.messages <= bound.messages)
            #expect(room.totals.deliveries <= bound.deliveries)
            #expect(room.totals.useful <= bound.useful)
            #expect(room.connectablePairs == bound.completedPairs)
            #expect(room.sent[.answer] == bound.pairs)
        }
    }

    @Test func `with instant gathering, perfect glare reaches its bound`() {
        var settings = Self.settings(5, 3, echo: true, .perfect)
        settings.candidateGap = 0
        let room = Self.glare(settings)
        #expect(room.totals == Self.arithmetic(settings, .glare(.perfect)).totals)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>) func `perfect completes every pair at any call times and latencies`(
        seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        let members = 2 + random.uniform(below: 6)
        var settings = Self.settings(members, 3, echo: random.uniform(below: 2) == 0, .perfect)
        settings.responseTime = random.uniform(below: 900)
        settings.offerTime = random.uniform(below: 900)
        settings.answerTime = random.uniform(below: 900)
        settings.latency = { from, to in 100 + Int(SplitMix64.mix(seed, UInt64(from * 100 + to)) % 1_500) }
        var room = MeshSimulation(settings)
        for member in 0..<members {
            room.schedule(.join(member), at: 0)
            room.schedule(.call(member), at: 1 + random.uniform(below: 4_000))
        }
        room.run()
        #expect(room.connectablePairs == members * (members - 1) / 2, "seed \(seed)")
        #expect(room.totals.messages <= Self.arithmetic(settings, .glare(.perfect)).messages, "seed \(seed)")
    }

    @Test func `seed's callers exceed the maximum, which only the called side keeps`() {
        var settings = Self.settings(8, 0, echo: false, .seed)
        settings.maxConnections = 3
        let room = Self.present(settings, callers: 8, byes: false)
        // The first caller is answered by all seven, who have room for two more each.
        #expect(room.connection(0, 7).state == .stable)
        #expect(room.agents[0].connectionCount == 7)
        #expect(room.negotiatedPairs == 18)
    }

    private static func glare(_ settings: MeshSimulation.Settings) -> MeshSimulation {
        var room = MeshSimulation(settings)
        for member in 0..<settings.members { room.schedule(.join(member), at: 0) }
        for member in 0..<settings.members { room.schedule(.call(member), at: 1) }
        room.run()
        return room
    }
}
