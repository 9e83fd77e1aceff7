import Testing

@testable import Workload

@Suite struct CallAndPairTests {
    private static let second: Int64 = 1_000_000_000

    private func plan(_ text: String, seed: UInt64 = 1) throws -> Plan {
        Planner.plan(try ProfileReader.read(text: text, file: "p.yaml"), seed: seed)
    }

    @Test func `members who call as they arrive call at their arrival`() throws {
        let plan = try self.plan("agents: 6\nrooms: {size: 3}\narrival: {pattern: constant, rate: 2/s}")
        #expect(plan.calls.map(\.at) == (0..<6).map { Int64($0) * 500_000_000 })
        #expect(plan.rooms.allSatisfy { $0.callsAt == nil })
        #expect(plan.phases.rampEnd == 2_500_000_000)
        #expect(plan.pairs.count == 6)
        // A pair begins when the later of the two arrives and calls.
        let pair = try #require(plan.pairs.first { $0.sessionA == 0 && $0.sessionB == 4 })
        #expect(pair.start == 4 * 500_000_000)
        #expect(pair.room == 0)
    }

    @Test func `members who are all present call one after another`() throws {
        let plan = try self.plan(
            """
            agents: 6
            rooms: {size: 3, fill: sequential}
            arrival: {pattern: constant, rate: 2/s}
            calls: {when: present, gap: 700ms}
            """)
        // The rooms are complete at 1 s and at 2.5 s; a second later the first member calls.
        #expect(plan.rooms.map(\.callsAt) == [2_000_000_000, 3_500_000_000])
        #expect(plan.calls.map(\.at) == [2_000, 2_700, 3_400, 3_500, 4_200, 4_900].map { $0 * 1_000_000 })
        #expect(plan.calls.map(\.agent) == [0, 1, 2, 3, 4, 5])
        #expect(plan.calls.map(\.order) == [0, 1, 2, 0, 1, 2])
        #expect(plan.phases.rampEnd == 4_900_000_000)
        // The pair (1, 2) begins with the call of 1.
        #expect(plan.pairs.first { $0.sessionA == 1 && $0.sessionB == 2 }?.start == 2_700_000_000)
    }

    @Test(arguments: [(0, 0), (1, 9), (5, 35), (10, 45)])
    func `only so many call, and only pairs with a caller are expected`(callers: Int, pairs: Int) throws {
        let plan = try self.plan("agents: 10\nrooms: {size: 10}\ncalls: {when: present, callers: \(callers)}")
        #expect(plan.calls.count == callers)
        #expect(plan.calls.map { plan.agents[$0.agent].slot } == Array(0..<callers))
        #expect(plan.pairs.count == pairs)
        #expect(plan.expectedPairs == pairs)
    }

    @Test func `broadcast-100 has 485 pairs`() throws {
        let plan = try self.plan("agents: 100\nrooms: {size: 100}\ncalls: {when: present, callers: 5, gap: 1s}")
        #expect(plan.pairs.count == 485 && plan.expectedPairs == 485)
        #expect(plan.rooms[0].maxConnections == 99)
    }

    @Test func `a spread of nothing calls all at once`() throws {
        let plan = try self.plan("agents: 4\narrival: {pattern: burst}\ncalls: {when: present, spread: 0ms}")
        #expect(plan.calls.map(\.at) == [Self.second, Self.second, Self.second, Self.second])
        #expect(plan.calls.map(\.order) == [0, 1, 2, 3])
        #expect(plan.pairs.allSatisfy { $0.start == Self.second })
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `a spread is filled evenly`(seed: UInt64) throws {
        let plan = try self.plan(
            "agents: 4000\narrival: {pattern: burst}\ncalls: {when: present, spread: 100ms}", seed: seed)
        let offsets = plan.calls.map { Double($0.at - Self.second) / 1e8 }
        #expect(offsets.allSatisfy { (0..<1).contains($0) })
        #expect(abs(offsets.reduce(0, +) / 4000 - 0.5) < 0.02, "seed \(seed)")
        #expect(abs(Double(offsets.count { $0 < 0.25 }) / 4000 - 0.25) < 0.03, "seed \(seed)")
    }

    @Test func `a pair without the time it needs is censored`() throws {
        // The second member arrives 3 s before the end of steady at the latest.
        let text =
            "agents: 2\nrooms: {size: 2}\narrival: {pattern: constant, rate: 1/s}\nphases: {warmup: 0s, steady: 3s}"
        #expect(try self.plan(text + "\nsignaling: {timeout: 3s}").expectedPairs == 1)
        let late = try self.plan(text + "\nsignaling: {timeout: 3001ms}")
        #expect(late.expectedPairs == 0 && late.censoredPairs == 1)
    }

    /// Pairs by the words of the interface, over all sessions that share a room.
    private func pairsByDefinition(_ plan: Plan) -> [[Int64]] {
        let callTimes = Dictionary(grouping: plan.calls) { $0.session }.mapValues { $0.map(\.at) }
        var pairs: [[Int64]] = []
        for room in plan.rooms {
            let sessions = room.members.flatMap { Array(plan.agents[$0].sessions) }
            for a in sessions {
                for b in sessions where a < b && plan.sessions[a].agent != plan.sessions[b].agent {
                    let from = max(plan.sessions[a].arrive, plan.sessions[b].arrive)
                    let to = min(plan.sessions[a].depart, plan.sessions[b].depart)
                    let calls = (callTimes[a] ?? []) + (callTimes[b] ?? [])
                    guard let start = calls.filter({ $0 >= from && $0 < to }).min() else { continue }
                    let isCensored = to - start < plan.timeoutNanoseconds
                    pairs.append([Int64(room.index), Int64(a), Int64(b), start, isCensored ? 1 : 0])
                }
            }
        }
        return pairs.sorted { $0.lexicographicallyPrecedes($1) }
    }

    @Test(
        arguments: [
            "agents: 40\nchurn: {stay: 2s, rejoin: 500ms}\nsignaling: {timeout: 1s}",
            "agents: 40\nrooms: {size: 7}\nchurn: {stay: 8s}\ncalls: {when: present, gap: 300ms}",
            "agents: 40\nrooms: {size: 5}\nchurn: {stay: 4s, rejoin: 0s}\ncalls: {when: present, spread: 2s, callers: 2}",
            "agents: 30\nrooms: {size: 30}\narrival: {pattern: burst}",
        ], [UInt64(1), 2, 3])
    func `pairs are those of the definition`(text: String, seed: UInt64) throws {
        let plan = try self.plan(text, seed: seed)
        let found = plan.pairs.map {
            [Int64($0.room), Int64($0.sessionA), Int64($0.sessionB), $0.start, $0.censored ? 1 : 0]
        }
        #expect(found.sorted { $0.lexicographicallyPrecedes($1) } == self.pairsByDefinition(plan), "seed \(seed)")
        #expect(plan.pairs.contains(where: \.censored) || plan.censoredPairs == 0)
    }

    @Test func `a member that comes back calls as it arrives`() throws {
        let plan = try self.plan(
            "agents: 40\nchurn: {stay: 2s, rejoin: 1s}\ncalls: {when: present, gap: 100ms}", seed: 3)
        for call in plan.calls where plan.sessions[call.session].instance > 0 {
            let opens = try #require(plan.rooms[plan.agents[call.agent].room].callsAt)
            let turn = opens + Int64(plan.agents[call.agent].slot) * 100_000_000
            #expect(call.at == max(turn, plan.sessions[call.session].arrive))
        }
        #expect(plan.calls.contains { plan.sessions[$0.session].instance > 1 })
    }
}
